package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// processEnv makes the test binary a worker; its value is the path of what it
// is told.
const processEnv = "WORKER_TEST_PROCESS"

// told is what a worker is told that is a process of its own.
type told struct {
	Args       job.Args
	Targets    job.TargetOptions
	Job        *job.File
	Home, Temp string
}

func asProcess(path string) int {
	var t told
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		_, err = Run(ctx, Config{
			Args: t.Args, Targets: t.Targets, Job: t.Job, Environ: os.Environ(),
			Home: t.Home, User: "nobody", Host: "scan1", Temp: t.Temp, Path: os.Getenv("PATH"),
			Now: func() time.Time { return clock },
			Log: func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) },
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}

// process is a worker that is one.
type process struct {
	cmd  *exec.Cmd
	said *bytes.Buffer
}

// start starts the scene's worker as a process; it is killed with the test.
func (s *scene) start(t *testing.T) *process {
	t.Helper()
	data, err := json.Marshal(told{Args: s.Args, Targets: s.Targets, Job: s.Job, Home: s.Home, Temp: s.Temp})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), processEnv+"="+s.write(t, "told.json", string(data)))
	p := &process{cmd: cmd, said: new(bytes.Buffer)}
	cmd.Stderr = p.said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// ends waits for the process and gives what it said; true where all went well.
func (p *process) ends() (string, bool) {
	err := p.cmd.Wait()
	return p.said.String(), err == nil
}

func (p *process) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// stop stops the process, and returns when it has stopped.
func (p *process) stop(t *testing.T) {
	t.Helper()
	p.signal(t, syscall.SIGSTOP)
	await(t.Context(), t, func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		_, state, _ := strings.Cut(string(stat), ") ")
		return state[0] == 'T'
	})
}

// audit counts the record back.
func (s *scene) audit(t *testing.T) result.Audited {
	t.Helper()
	work, err := share.Open(s.folder())
	if os.IsNotExist(err) {
		return result.Audited{Missing: int64(len(s.lines))}
	}
	if err != nil {
		t.Fatal(err)
	}
	defer work.Close()
	a, err := result.AuditFolder(work, int64(len(s.lines)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// wantEachOnce holds the classic files against the chunk: each line of it is
// in hosts_checked once, and in one file of results, once.
func (s *scene) wantEachOnce(t *testing.T) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.folder(), "output", "*", "xaa", "hosts_*"))
	if err != nil {
		t.Fatal(err)
	}
	checked, sorted := make(map[string]int), make(map[string]int)
	for _, path := range found {
		counts := sorted
		if filepath.Base(path) == "hosts_checked" {
			counts = checked
		}
		for line := range strings.Lines(read(t, path)) {
			host, _, _ := strings.Cut(strings.ReplaceAll(line, ",", " "), " ")
			counts[host]++
		}
	}
	for _, line := range s.lines {
		host, _, _ := strings.Cut(line, " ")
		if checked[host] != 1 || sorted[host] != 1 {
			t.Errorf("%s is in hosts_checked %d times, and in the results %d times", host, checked[host], sorted[host])
		}
	}
	if len(checked) != len(s.lines) || len(sorted) != len(s.lines) {
		t.Errorf("%d hosts checked, %d sorted, of %d", len(checked), len(sorted), len(s.lines))
	}
}

// count counts the outcomes in the record.
func (s *scene) count(t *testing.T) int64 {
	t.Helper()
	a := s.audit(t)
	return a.Seen.Count()
}

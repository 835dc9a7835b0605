package worker

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(processEnv); path != "" {
		os.Exit(asProcess(path))
	}
	// Most of them wait for a deadline.
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// soon is a deadline that is to strike, patient one that is not.
const (
	soon    = 150 * time.Millisecond
	patient = time.Minute
)

// clock is what the worker's clock shows; the master's showed masterMin.
var clock = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

const (
	workerMin = "202601021504"
	masterMin = "202601021459"
)

// scene is a share, a fleet, and a worker that is about to work for a master.
type scene struct {
	t     *testing.T
	fleet *fleet.Fleet
	dir   string // of all that isn't shared
	share string
	lines []string
	said  *log
	Config
}

// log keeps what a worker says.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) add(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.text, format+"\n", args...)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{t: t, dir: t.TempDir(), share: t.TempDir(), said: new(log)}
	key, err := fleet.WriteKey(filepath.Join(s.dir, "id"))
	if err != nil {
		t.Fatal(err)
	}
	if s.fleet, err = fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.fleet.Close() })
	s.Config = Config{
		Args: job.Args{
			Auth: "pubkey", Dir: s.share, Name: "audit", Jobs: 4, Passthrough: []string{"-P"},
			Remote: s.write(t, "remote.sh", "echo hello\n"),
		},
		Targets: job.TargetOptions{Port: 22, Identities: []string{filepath.Join(s.dir, "id")}, HostKeys: job.HostKeyNew},
		Environ: os.Environ(),
		Home:    s.dir, User: "nobody", Host: "scan1", Temp: t.TempDir(), Path: os.Getenv("PATH"),
		Now: func() time.Time { return clock },
		Log: s.said.add,
	}
	s.Args.ChunkFile = filepath.Join(s.prefix(), "input", masterMin, "xab")
	return s
}

func (s *scene) prefix() string { return filepath.Join(s.share, "chunked", s.Args.Name) }

// folder is where the worker works.
func (s *scene) folder() string { return filepath.Join(s.prefix(), workerMin+".xab") }

func (s *scene) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// add starts a server and puts it on the list.
func (s *scene) add(t *testing.T, name string, b fleet.Behaviour) netip.AddrPort {
	t.Helper()
	addr, err := s.fleet.Add(b)
	if err != nil {
		t.Fatal(err)
	}
	s.lines = append(s.lines, name+" "+addr.String())
	return addr
}

// parse reads the address of a line; none where it has none.
func (s *scene) parse(t *testing.T, at string) netip.AddrPort {
	t.Helper()
	if at == "" {
		return netip.AddrPort{}
	}
	addr, err := netip.ParseAddrPort(at)
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// deal writes the chunk.
func (s *scene) deal(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.Args.ChunkFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Args.ChunkFile, []byte(strings.Join(s.lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// staged makes the job file that a master of ours would stage.
func (s *scene) staged(t *testing.T) {
	t.Helper()
	s.deal(t)
	s.Job = &job.File{
		Version: job.FileVersion, Run: job.NewRun(clock), Name: s.Args.Name,
		Script:    job.Staged{Path: s.Args.Remote, SHA256: digest(t, s.Args.Remote)},
		Chunks:    map[string]job.Chunk{"xab": {SHA256: digest(t, s.Args.ChunkFile), Lines: int64(len(s.lines))}},
		Shell:     []string{"sh", "-s"},
		Timeouts:  job.Timeouts{Connect: patient, Banner: patient, Auth: patient, Run: patient},
		MaxOutput: job.DefaultMaxOutput,
		Lease:     job.DefaultLease, OnUnknown: job.Rerun,
	}
	if s.Args.PostChunk != "" {
		s.Job.PostChunk = &job.Staged{Path: s.Args.PostChunk, SHA256: digest(t, s.Args.PostChunk)}
	}
}

func digest(t *testing.T, path string) string {
	t.Helper()
	return job.Digest([]byte(read(t, path)))
}

// work runs the worker, which must come to its end.
func (s *scene) work(t *testing.T) job.DoneMark {
	t.Helper()
	mark, err := Run(t.Context(), s.Config)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.said)
	}
	if mark.Outcomes != mark.Lines || mark.Lines != int64(len(s.lines)) {
		t.Errorf("%d lines, of which the mark counts %d, and %d outcomes", len(s.lines), mark.Lines, mark.Outcomes)
	}
	s.wantNothingLeft(t)
	return mark
}

// wantFailure runs the worker, which must refuse and leave nothing.
func (s *scene) wantFailure(t *testing.T, texts ...string) {
	t.Helper()
	_, err := Run(t.Context(), s.Config)
	if err == nil {
		t.Fatalf("it works; want an error with %q", texts)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v: that does not say %q", err, text)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(s.prefix(), "*", ".*")); len(found) > 0 {
		t.Errorf("it left %q", found)
	}
	s.wantNothingLeft(t)
}

// wantNothingLeft looks for private copies that have become litter.
func (s *scene) wantNothingLeft(t *testing.T) {
	t.Helper()
	if left, err := os.ReadDir(s.Temp); err != nil || len(left) > 0 {
		t.Errorf("left in the folder for temporary files: %v, %v", left, err)
	}
}

// outcomes reads the record back, by host.
func (s *scene) outcomes(t *testing.T) map[string]result.Outcome {
	t.Helper()
	outcomes := make(map[string]result.Outcome)
	for entry, err := range result.Read(strings.NewReader(read(t, filepath.Join(s.folder(), job.Record)))) {
		if err != nil {
			t.Fatal(err)
		}
		if entry.Kind != result.KindOutcome {
			continue
		}
		if o, twice := outcomes[entry.Outcome.Host]; twice {
			t.Errorf("%s has two outcomes, %+v is one", o.Host, o)
		}
		outcomes[entry.Outcome.Host] = entry.Outcome
	}
	return outcomes
}

// results reads a classic file, as sorted lines.
func (s *scene) results(t *testing.T, name string) []string {
	t.Helper()
	return sortedLines(read(t, filepath.Join(s.folder(), "output", workerMin, "xaa", name)))
}

func sortedLines(text string) []string { return slices.Sorted(strings.Lines(text)) }

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// await waits until something holds, or the test's context ends.
func await(ctx context.Context, t *testing.T, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it never came to that")
		}
	}
}

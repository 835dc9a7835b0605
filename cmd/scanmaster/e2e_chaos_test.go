//go:build e2e

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner/fleet"
)

// The sizes of a chaotic scan: many enough that something is in flight at any
// instant, and few enough for many seeds.
const (
	chaosTargets = 600
	chaosWorkers = 3
	// chaosPatience bounds one seed; one that takes longer hangs.
	chaosPatience = 2 * time.Minute
)

// TestRealChaos kills, stops and interrupts master and workers at random
// instants, resumes until the scan is done, and then holds what there is against
// what must be: each line of the input exactly once, each output the very
// target's, and no script run again on a target whose outcome was known.
// CHAOS_SEEDS and CHAOS_FIRST say how many seeds there are, and which is the
// first; each is a whole scan, and the same faults at the same times.
func TestRealChaos(t *testing.T) {
	first, seeds := number(t, "CHAOS_FIRST", 1), number(t, "CHAOS_SEEDS", 10)
	s := newScene(t)
	c := newCrowd(t, sluggish)
	for seed := first; seed < first+seeds; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			newChaos(t, s, c, seed).run(t)
		})
	}
}

// number reads a number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q", name, text)
	}
	return n
}

// sluggish answers with the target's address, in lines, and takes a while.
func sluggish(a netip.Addr) fleet.Behaviour {
	b := named(a)
	b.Stdout = append(b.Stdout, strings.Repeat("and more of "+a.String()+"\n", int(a.As4()[3])%7)...)
	b.Delay = time.Duration(a.As4()[3]) * time.Millisecond / 2
	if number := int(a.As4()[2])<<8 | int(a.As4()[3]); number >= chaosTargets*2/3 {
		b.Delay += 120 * time.Millisecond // whose chunk is a straggler
	}
	return b
}

// chaos is one scan and its faults.
type chaos struct {
	*scene
	crowd  crowd
	name   string
	scan   string
	random *rand.Rand
	// calm leaves workers the time to become stragglers, and masters to see it.
	calm bool
	// before counts what had run on the targets when it began.
	before []int64
	faults []string
}

func newChaos(t *testing.T, s *scene, c crowd, seed int) *chaos {
	t.Helper()
	h := &chaos{scene: s, crowd: c, name: fmt.Sprint("chaos", seed), random: rand.New(rand.NewPCG(uint64(seed), 7))} //nolint:gosec // to be repeated
	jobs, chunks := 12, 1+seed%3
	if h.calm = seed%2 == 0; h.calm {
		jobs, chunks = 2, 1
	}
	more := fmt.Sprintf("hosts: [%s]\njobs: %d\nchecks: {ping: false}\nlease: 10s\npoll: 1s\nretries: 100\ntimeouts: {connect: 1m, banner: 1m, auth: 1m}\nchunks: %d\n",
		strings.TrimSuffix(strings.Repeat("local, ", chaosWorkers), ", "), jobs, chunks)
	h.scan = c.scan(t, s, chaosTargets, more)
	text := strings.Replace(read(t, h.scan), "name: audit", "name: "+h.name, 1)
	s.write(t, "scan.yaml", text)
	h.before = h.executions()
	return h
}

func (h *chaos) executions() []int64 {
	all := make([]int64, chaosTargets)
	for i := range all {
		all[i] = h.crowd.fleet.Executions(netip.AddrPortFrom(h.crowd.addr(i), h.crowd.port))
	}
	return all
}

// run carries the scan out, through all faults, and judges what is left.
func (h *chaos) run(t *testing.T) {
	t.Helper()
	late := time.Now().Add(chaosPatience)
	verb := "apply"
	for masters := 1; ; masters++ {
		if time.Now().After(late) {
			t.Fatalf("not done after %d masters\n%s", masters-1, strings.Join(h.faults, "\n"))
		}
		status := h.master(t, verb, late)
		if status == exitComplete {
			break
		}
		if !h.begun() {
			continue // nothing to resume
		}
		verb = "resume"
	}
	h.judge(t)
}

// begun tells whether there is a run that can be taken up.
func (h *chaos) begun() bool {
	journals, _ := filepath.Glob(filepath.Join(h.prefix(h.name), ".run-*", "journal"))
	for _, path := range journals {
		if text, err := os.ReadFile(path); err == nil && strings.Contains(string(text), `"kind":"started"`) {
			return true
		}
	}
	return false
}

// master has one master at work until it ends, among faults.
func (h *chaos) master(t *testing.T, verb string, late time.Time) int {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(h.notes, h.name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := h.command(t.Context(), verb, h.scan)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		pause := time.NewTimer(h.pause())
		select {
		case err := <-ended:
			pause.Stop()
			if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			return cmd.ProcessState.ExitCode()
		case <-pause.C:
		}
		if time.Now().After(late) {
			_ = cmd.Process.Signal(syscall.SIGQUIT) // it says where it hangs
			t.Fatalf("it hangs (%v)\n%s\n%s", <-ended, strings.Join(h.faults, "\n"), read(t, log.Name()))
		}
		h.fault(cmd.Process)
	}
}

// pause is the time between two faults.
func (h *chaos) pause() time.Duration {
	d := time.Duration(50+h.random.IntN(600)) * time.Millisecond
	if h.calm {
		d *= 5
	}
	return d
}

// fault lets one thing go wrong.
func (h *chaos) fault(master *os.Process) {
	workers := h.workers()
	pick := func() int { return workers[h.random.IntN(len(workers))] }
	switch n := h.random.IntN(20); {
	case n < 7 && len(workers) > 0:
		h.signal("kill a worker", pick(), syscall.SIGKILL)
	case n < 9 && len(workers) > 0:
		pid := pick()
		h.signal("stop a worker", pid, syscall.SIGSTOP)
		// Mostly a moment; now and then longer than its lease.
		d := time.Duration(h.random.IntN(1500)) * time.Millisecond
		if h.random.IntN(12) == 0 {
			d = 12 * time.Second
		}
		time.Sleep(d)
		h.signal("let it go on", pid, syscall.SIGCONT)
	case n < 10 && len(workers) > 0:
		h.signal("end a worker", pick(), syscall.SIGTERM)
	case n < 13:
		h.signal("kill the master", master.Pid, syscall.SIGKILL)
	case n < 15:
		h.signal("interrupt the master", master.Pid, syscall.SIGINT)
	case n < 16:
		h.signal("stop the master", master.Pid, syscall.SIGSTOP)
		time.Sleep(time.Duration(h.random.IntN(1500)) * time.Millisecond)
		h.signal("let it go on", master.Pid, syscall.SIGCONT)
	}
}

func (h *chaos) signal(what string, pid int, s syscall.Signal) {
	h.faults = append(h.faults, fmt.Sprintf("%s %s, process %d", time.Now().Format("15:04:05.000"), what, pid))
	_ = syscall.Kill(pid, s) // it may have ended
}

// workers are the processes that work for this scan.
func (h *chaos) workers() []int {
	var pids []int
	commands, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range commands {
		argv, _ := os.ReadFile(file)
		if text := string(argv); strings.Contains(text, "\x00worker\x00-A\x00") && strings.Contains(text, h.prefix(h.name)+"/") {
			if pid, err := strconv.Atoi(strings.Split(file, "/")[2]); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

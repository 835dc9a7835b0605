//go:build e2e

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/cmd/internal/ground"
)

const (
	// manyTargets go through one worker, manyJobs at a time.
	manyTargets = 20_000
	manyJobs    = 500
	// mostMemory is what a worker may need at its peak, in bytes: 64 MB, and 100 KB
	// for each of its jobs.
	mostMemory = 64_000_000 + manyJobs*100_000
)

// TestMemoryOfOneWorkerIsBounded measures a scan of 20,000 targets, which live
// in another process. It takes minutes, and so is not part of TestReal.
func TestMemoryOfOneWorkerIsBounded(t *testing.T) {
	s := newScene(t)
	c := crowd{key: ground.NewKey(t), net: loopback}
	c.port = startCrowd(t, c.key)
	scan := c.scan(t, s, manyTargets, fmt.Sprintf("hosts: [local]\njobs: %d\n", manyJobs))

	began := time.Now()
	cmd := s.start(t, "apply", scan)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	master, worker, err := watchPeaks(t, s, cmd.Process.Pid, ended)
	if err != nil {
		t.Fatalf("%v\n%s", err, read(t, filepath.Join(s.notes, "log")))
	}
	t.Logf("%d targets in %v; at their peaks the worker needed %d MiB, the master %d MiB", manyTargets,
		time.Since(began).Round(time.Second), worker>>20, master>>20)
	if worker == 0 || worker >= mostMemory {
		t.Errorf("the worker needed %d bytes, and may need %d", worker, mostMemory)
	}
	wantOneOutcomeEach(t, filepath.Join(s.prefix("audit"), "final"))
}

// wantOneOutcomeEach looks for each target in the results: it must be there
// once, and where it could be reached, as each could, with its own output.
func wantOneOutcomeEach(t *testing.T, final string) {
	t.Helper()
	found := make(map[string]int)
	for _, line := range sortedLines(gathered(t, filepath.Join(final, "output")) + gathered(t, filepath.Join(final, "no*"))) {
		found[line]++
	}
	c, late := crowd{net: loopback}, 0
	for n := range manyTargets {
		at := c.addr(n)
		fine := found[fmt.Sprintf("host%d,%s,this is %s", n, at, at)]
		other := found[fmt.Sprintf("host%d %s", n, at)]
		late += other
		if fine+other != 1 {
			t.Errorf("host%d has %d outcomes", n, fine+other)
		}
	}
	if late > 0 {
		t.Errorf("%d were sorted as not reached", late)
	}
}

// startCrowd starts the targets in another process, and gives their port. It
// ends with the test.
func startCrowd(t *testing.T, key ground.Key) uint16 {
	t.Helper()
	program := filepath.Join(t.TempDir(), "bench")
	ground.Run(t, "go", "build", "-o", program, "scanmaster/cmd/bench")
	cmd := exec.CommandContext(t.Context(), program, "crowd", key.Public, "0")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait() // it may have been killed with the test's context
	})
	var port uint16
	if _, err := fmt.Fscan(bufio.NewReader(stdout), &port); err != nil {
		t.Fatalf("the crowd's port: %v", err)
	}
	return port
}

// watchPeaks gives the most memory, in bytes, that master and worker have
// needed, looking until the master has ended, whose error it gives.
func watchPeaks(t *testing.T, s *scene, pid int, ended <-chan error) (master, worker int64, err error) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return master, worker, err
		case <-tick.C:
		}
		master = max(master, highWater(pid))
		for _, process := range s.processes(t) {
			var other int
			if _, err := fmt.Sscan(process, &other); err == nil && other != pid {
				worker = max(worker, highWater(other))
			}
		}
	}
}

// highWater is the most memory that a process has needed, in bytes; 0 where it
// is gone (proc_pid_status(5), VmHWM).
func highWater(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0
	}
	return kib << 10
}

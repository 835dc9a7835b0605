//go:build e2e

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/cmd/internal/ground"
)

const (
	// manyTargets go through one worker, manyJobs at a time.
	manyTargets = 20_000
	manyJobs    = 500
	// mostMemory is what a worker may need at its peak, in bytes.
	mostMemory = 150 << 20
)

// TestMemoryOfOneWorkerIsBounded measures a scan of 20,000 targets, which live
// in another process. It takes minutes, and so is not part of TestReal.
func TestMemoryOfOneWorkerIsBounded(t *testing.T) {
	s := newScene(t)
	c := crowd{key: ground.NewKey(t)}
	c.port = startCrowd(t, c.key)
	scan := c.scan(t, s, manyTargets, fmt.Sprintf("hosts: [local]\njobs: %d\n", manyJobs))

	began := time.Now()
	cmd := s.start(t, "apply", scan)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	peak, err := watchPeak(t, s, cmd.Process.Pid, ended)
	if err != nil {
		t.Fatalf("%v\n%s", err, read(t, filepath.Join(s.notes, "log")))
	}
	t.Logf("%d targets in %v; the worker's peak: %d MB, the master's: %d MB", manyTargets,
		time.Since(began).Round(time.Second), peak>>20, maxRSS(cmd)>>20)
	if peak == 0 || peak >= mostMemory {
		t.Errorf("the worker needed %d bytes, and may need %d", peak, mostMemory)
	}
	lines := sortedLines(gathered(t, filepath.Join(s.prefix("audit"), "*.xaa", "output", "*", "*", "hosts_ok")))
	if len(lines) != manyTargets {
		t.Errorf("%d outcomes, want %d", len(lines), manyTargets)
	}
	for i := 1; i < len(lines); i++ {
		if lines[i] == lines[i-1] {
			t.Errorf("%q is there more than once", lines[i])
		}
	}
}

// startCrowd starts the targets in another process, and gives their port. It
// ends with the test.
func startCrowd(t *testing.T, key ground.Key) uint16 {
	t.Helper()
	program := filepath.Join(t.TempDir(), "crowd")
	ground.Run(t, "go", "build", "-tags", "e2e", "-o", program, "scanmaster/cmd/internal/ground/crowd")
	cmd := exec.CommandContext(t.Context(), program, key.Public)
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

// watchPeak gives the most memory, in bytes, that a worker has needed, looking
// until the master has ended, whose error it gives.
func watchPeak(t *testing.T, s *scene, master int, ended <-chan error) (int64, error) {
	t.Helper()
	var peak int64
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return peak, err
		case <-tick.C:
		}
		for _, process := range s.processes(t) {
			var pid int
			if _, err := fmt.Sscan(process, &pid); err == nil && pid != master {
				peak = max(peak, highWater(pid))
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

// maxRSS is the most memory that a process that has ended had needed, in bytes.
func maxRSS(cmd *exec.Cmd) int64 {
	return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}

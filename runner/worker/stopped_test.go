package worker

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner/job"
)

// TestAWorkerThatWasStoppedFindsItsChunkTaken stops a process in the middle,
// and lets it go on when its lease is long over.
func TestAWorkerThatWasStoppedFindsItsChunkTaken(t *testing.T) {
	t.Parallel()
	s, addrs := herd(t, 200)
	s.Job.Lease = 400 * time.Millisecond
	p := s.start(t)
	await(t.Context(), t, func() bool { return s.count(t) > 5 })
	p.stop(t)
	time.Sleep(s.Job.Lease)
	path := s.taken(t)
	before := tree(t, path)
	flying := s.fleetRan(addrs)
	p.signal(t, syscall.SIGCONT)
	said, well := p.ends()
	if well || !strings.Contains(said, errTaken.Error()) {
		t.Errorf("it said %q", said)
	}
	after := tree(t, path)
	for name := range after {
		if strings.HasPrefix(filepath.Base(name), ".new-") || name == "/"+job.Done {
			t.Errorf("there is %s", name)
		}
	}
	// A line that was being written when it was stopped is all there may be.
	if before["/"+job.Progress] != after["/"+job.Progress] {
		t.Error("the heartbeat went on")
	}
	// Those that were logged in to and had their attempt noted are asked once
	// more whether they may run: nothing begins.
	if n := s.fleetRan(addrs); n > flying+int64(s.Args.Jobs) {
		t.Errorf("%d scripts ran, and %d before", n, flying)
	}
}

func (s *scene) fleetRan(addrs []addrPort) int64 {
	var n int64
	for _, addr := range addrs {
		n += s.fleet.Executions(addr)
	}
	return n
}

func TestAWorkerThatWasStoppedAndNotTakenGoesOn(t *testing.T) {
	t.Parallel()
	s, addrs := herd(t, 60)
	s.Job.Lease = 400 * time.Millisecond
	p := s.start(t)
	await(t.Context(), t, func() bool { return s.count(t) > 5 })
	p.stop(t)
	time.Sleep(s.Job.Lease)
	p.signal(t, syscall.SIGCONT)
	if said, well := p.ends(); !well {
		t.Errorf("it said %q", said)
	}
	s.wantEachOnce(t)
	if n := s.fleetRan(addrs); n != 60 {
		t.Errorf("the script ran %d times", n)
	}
}

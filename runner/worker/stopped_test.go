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
	// What was being written when it was stopped is all there may be.
	if was, is := beat(t, before), beat(t, after); is > was+1 {
		t.Errorf("the heartbeat went on, from %d to %d", was, is)
	}
	// Those that were logged in to and had their attempt noted are asked once
	// more whether they may run: nothing begins.
	if n := s.fleetRan(addrs); n > flying+int64(s.Args.Jobs) {
		t.Errorf("%d scripts ran, and %d before", n, flying)
	}
}

// beat is the heartbeat that is among files.
func beat(t *testing.T, files map[string]string) int64 {
	t.Helper()
	mark, ok := job.ParseProgress([]byte(files["/"+job.Progress]))
	if !ok {
		t.Fatalf("the heartbeat is %q", files["/"+job.Progress])
	}
	return mark.Beat
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

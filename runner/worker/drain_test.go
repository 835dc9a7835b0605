package worker

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

type addrPort = netip.AddrPort

// toEnd runs the worker, tells it to end when begun says so, and gives what
// Run gives.
func (s *scene) toEnd(t *testing.T, begun func() bool) error {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Run(ctx, s.Config)
		ended <- err
	}()
	await(t.Context(), t, begun)
	cancel(errToldTo)
	return <-ended
}

var errToldTo = errors.New("told to end")

// TestWhatRunsMayComeToItsEnd has scripts that wait for a file.
func TestWhatRunsMayComeToItsEnd(t *testing.T) {
	s, addrs := herd(t, 20)
	gate := filepath.Join(s.dir, "gate")
	s.Args.Remote = s.write(t, "remote.sh", "while ! test -e "+job.Quote(gate)+"; do sleep 0.02; done; echo fine\n")
	s.staged(t)
	s.Grace = time.Hour
	s.Log = func(string, ...any) {
		if err := os.WriteFile(gate, nil, 0o600); err != nil { // it says that it will end
			t.Error(err)
		}
	}
	err := s.toEnd(t, func() bool { return s.fleetRan(addrs) == int64(s.Args.Jobs) })
	if !errors.Is(err, errToldTo) {
		t.Errorf("got %v", err)
	}
	a := s.audit(t)
	if a.Tally.Total() != int64(s.Args.Jobs) || len(a.InFlight) != 0 || s.fleetRan(addrs) != int64(s.Args.Jobs) {
		t.Errorf("%v, in flight %v; %d ran", a.Tally, a.InFlight, s.fleetRan(addrs))
	}
	if _, err := os.Stat(filepath.Join(s.folder(), job.Done)); err == nil {
		t.Error("there is a .done")
	}
	s.finishes(t)
	if n := s.fleetRan(addrs); n != 20 {
		t.Errorf("the script ran %d times", n)
	}
}

// TestTheSecondWordCuts has scripts that never end, and an hour for them.
func TestTheSecondWordCuts(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	at := s.add(t, "busy", fleet.Behaviour{Kind: fleet.NeverEnds})
	s.staged(t)
	cut, once := make(chan struct{}), new(sync.Once)
	s.Grace, s.Cut = time.Hour, cut
	s.Log = func(string, ...any) { once.Do(func() { close(cut) }) }
	if err := s.toEnd(t, func() bool { return s.fleet.Executions(at) == 1 }); !errors.Is(err, errToldTo) {
		t.Errorf("got %v", err)
	}
	if a := s.audit(t); len(a.InFlight) != 1 || a.Missing != 1 {
		t.Errorf("%+v", a)
	}
	s.wantNothingLeft(t)
}

// TestWhereNothingRunsTheEndComesAtOnce has targets of which nobody knows yet
// whether they will ever say a word.
func TestWhereNothingRunsTheEndComesAtOnce(t *testing.T) {
	s := newScene(t)
	s.add(t, "mute", fleet.Behaviour{Kind: fleet.Mute})
	s.add(t, "inauth", fleet.Behaviour{Kind: fleet.StopsInAuth})
	s.staged(t)
	s.Grace = time.Hour
	checked := filepath.Join(s.folder(), "output", workerMin, "xaa", "hosts_checked")
	err := s.toEnd(t, func() bool {
		data, err := os.ReadFile(checked)
		return err == nil && len(data) > 0
	})
	if !errors.Is(err, errToldTo) {
		t.Errorf("got %v", err)
	}
	if a := s.audit(t); len(a.InFlight) != 0 || a.Missing != 2 {
		t.Errorf("%+v", a)
	}
}

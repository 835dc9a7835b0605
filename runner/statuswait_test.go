package runner_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/job"
)

// awaited waits for a run in a bubble, and gives what came of it and after how
// long.
func awaited(t *testing.T, l job.Layout, warn func(error)) (runner.Status, time.Duration, error) {
	t.Helper()
	began := time.Now()
	s, err := runner.AwaitStatus(t.Context(), l, warn)
	return s, time.Since(began), err
}

func TestAMasterElsewhereIsDeadWhenItsHeartbeatStandsStillForALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := shareOf(t, standing())
		go func() {
			time.Sleep(50 * time.Second)
			put(t, l.Dir, ".lock.1", strings.Replace(elsewhere, `"beat":1`, `"beat":2`, 1))
		}()
		s, after, err := awaited(t, l, func(err error) { t.Error(err) })
		if err != nil || s.Phase != runner.PhaseDead || s.Master.State != "dead" || len(s.Chunks) != 4 {
			t.Errorf("%+v, %v", s, err)
		}
		if after < 110*time.Second || after > 112*time.Second {
			t.Errorf("known after %v", after)
		}
	})
}

func TestTheEndOfARunIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := shareOf(t, standing())
		go func() {
			time.Sleep(30 * time.Second)
			put(t, l.Dir, ".run-"+aRun+"/journal", journalText+`{"kind":"finished","verdict":"complete"}`+"\n")
		}()
		s, after, err := awaited(t, l, func(err error) { t.Error(err) })
		if err != nil || s.Phase != runner.PhaseFinished || s.Verdict != runner.Complete || after > 32*time.Second {
			t.Errorf("%+v, %v, after %v", s, err, after)
		}
	})
}

func TestAShareThatVanishesIsWaitedForAsLongAsALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := shareOf(t, standing())
		go func() {
			time.Sleep(30 * time.Second)
			if err := os.Rename(l.Dir, l.Dir+".away"); err != nil {
				t.Error(err)
			}
		}()
		warned := 0
		_, after, err := awaited(t, l, func(error) { warned++ })
		if err == nil || warned != 1 || after < 90*time.Second || after > 93*time.Second {
			t.Errorf("%v after %v, warned %d times", err, after, warned)
		}
	})
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	l := shareOf(t, standing())
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("why")
	cancel(why)
	if _, err := runner.AwaitStatus(ctx, l, func(error) {}); !errors.Is(err, why) {
		t.Error(err)
	}
}

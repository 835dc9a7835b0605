package worker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

func TestWhatIsInFlightAtTheEndHasNoOutcome(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.add(t, "fine", fleet.Behaviour{Kind: fleet.Canned})
	busy := s.add(t, "busy", fleet.Behaviour{Kind: fleet.NeverEnds})
	s.add(t, "mute", fleet.Behaviour{Kind: fleet.Mute})
	s.add(t, "inkex", fleet.Behaviour{Kind: fleet.StopsInKex})
	s.add(t, "next", fleet.Behaviour{Kind: fleet.NeverEnds})
	s.add(t, "last", fleet.Behaviour{Kind: fleet.NeverEnds})
	s.Args.Jobs = 2
	s.Grace = soon
	s.staged(t)
	cause := errors.New("told to end")
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Run(ctx, s.Config)
		ended <- err
	}()
	record := filepath.Join(s.folder(), job.Record)
	await(t.Context(), t, func() bool {
		data, err := os.ReadFile(record)
		return err == nil && s.fleet.Executions(busy) == 1 && strings.Contains(string(data), `"k":"o"`)
	})
	cancel(cause)
	if err := <-ended; !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	s.wantNothingLeft(t)
	got, err := result.Audit(strings.NewReader(read(t, record)), int64(len(s.lines)))
	if err != nil || got.Torn != nil {
		t.Fatal(err, got.Torn)
	}
	if got.Tally.Total() != 1 || got.Tally.Counts["ok"] != 1 || len(got.InFlight) != 1 || got.InFlight[0].Host != "busy" {
		t.Errorf("got %v, in flight %+v", got.Tally, got.InFlight)
	}
	for _, name := range []string{job.Done, job.Ended} {
		if _, err := os.Stat(filepath.Join(s.folder(), name)); err == nil {
			t.Errorf("there is a file %s", name)
		}
	}
}

func TestAWorkerThatIsToldToEndBeforeItBeginsDoesNothing(t *testing.T) {
	s, executions := ready(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, s.Config); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if n := executions(); n != 0 {
		t.Errorf("the script ran %d times", n)
	}
}

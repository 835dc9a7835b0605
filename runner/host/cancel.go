package host

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"
)

//go:embed cancel.sh
var cancelScript string

// Cancel ends all that belongs to a run on the host: workers are told to end,
// given the time of grace, and then killed, with all that they have started
// and the sessions that they are in. It gives how many processes there were.
func (h *Host) Cancel(ctx context.Context, run string, grace time.Duration) (ended int, err error) {
	ended, err = h.signal(ctx, run, "TERM")
	if ended == 0 || err != nil {
		return 0, err
	}
	for _, next := range []string{"KILL", ""} {
		gone, err := h.endsWithin(ctx, run, grace)
		if gone || err != nil {
			return ended, err
		}
		if next != "" {
			if _, err := h.signal(ctx, run, next); err != nil {
				return ended, err
			}
		}
	}
	return ended, fmt.Errorf("what is left of run %s can't be killed", run)
}

// endsWithin waits until nothing of a run is left.
func (h *Host) endsWithin(ctx context.Context, run string, grace time.Duration) (bool, error) {
	return within(ctx, grace, func() (bool, error) {
		left, err := h.signal(ctx, run, "0")
		return left == 0, err
	})
}

// within asks again and again until something holds, or it is too late.
func within(ctx context.Context, grace time.Duration, holds func() (bool, error)) (bool, error) {
	late := time.NewTimer(grace)
	defer late.Stop()
	for pause := firstPause; ; pause = min(2*pause, maxStartPause) {
		if ok, err := holds(); ok || err != nil {
			return ok, err
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(pause):
		case <-late.C:
			return false, nil
		}
	}
}

// signal sends a signal to all that belongs to a run, and counts them.
func (h *Host) signal(ctx context.Context, run, signal string) (int, error) {
	a, err := h.ask(ctx, processesScript+cancelScript, vars{"run": run, "signal": signal})
	if err != nil {
		return 0, fmt.Errorf("end run %s: %w", run, err)
	}
	n, err := strconv.Atoi(a["found"])
	if err != nil {
		return 0, fmt.Errorf("%w: found is %.40q", errAnswer, a["found"])
	}
	return n, nil
}

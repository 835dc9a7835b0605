package host

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"scanmaster/runner/job"
)

//go:embed stop.sh
var stopScript string

// Stop ends a worker: it is told to, given the time of grace, and then killed,
// with all that it has started. One that has ended before is no error.
func (h *Host) Stop(ctx context.Context, layout job.Layout, chunk string, grace time.Duration) error {
	v := paths(layout, chunk)
	for _, signal := range []string{"TERM", "KILL"} {
		v["signal"] = signal
		if _, err := h.ask(ctx, processesScript+stopScript, v); err != nil {
			return fmt.Errorf("end the worker: %w", err)
		}
		gone, err := h.goesWithin(ctx, layout, chunk, grace)
		if gone || err != nil {
			return err
		}
	}
	return fmt.Errorf("the worker of %s can't be killed", chunk)
}

// Hurry tells a worker that is being ended once more to end.
func (h *Host) Hurry(ctx context.Context, layout job.Layout, chunk string) error {
	v := paths(layout, chunk)
	v["signal"] = "TERM"
	_, err := h.ask(ctx, processesScript+stopScript, v)
	return err
}

// goesWithin waits for a worker to end.
func (h *Host) goesWithin(ctx context.Context, layout job.Layout, chunk string, grace time.Duration) (bool, error) {
	return within(ctx, grace, func() (bool, error) {
		alive, err := h.Alive(ctx, layout, chunk)
		return !alive, err
	})
}

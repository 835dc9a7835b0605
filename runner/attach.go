package runner

import (
	"context"
	"errors"
	"fmt"

	"scanmaster/runner/host"
)

// ErrNoTerminal tells that workers are to be attached, and there is no terminal.
var ErrNoTerminal = errors.New("attach needs a terminal, to hand over to each worker in turn, and there is none")

// attach hands the terminal over to the session of a worker that was started, until
// its user detaches, or the worker ends.
func (r *run) attach(ctx context.Context, t task) error {
	if !r.plan.Attaches() {
		return nil
	}
	at, ok := t.hand.at.(*away)
	if !ok {
		return nil // it has no session
	}
	r.report(WorkerAttached{Worker: t.hand.worker.Name, Chunk: t.chunk})
	err := r.cfg.Attach(ctx, at.at(), r.plan.Layout, t.chunk)
	if errors.Is(err, host.ErrNoSession) {
		return nil // it has ended already; what it was waits to be seen
	}
	if err != nil {
		return fmt.Errorf("its session could not be attached: %w", err)
	}
	return nil
}

// mayAttach makes sure that there is a terminal where one is needed.
func (r *run) mayAttach() error {
	if r.plan.Attaches() && r.cfg.Attach == nil {
		return ErrNoTerminal
	}
	return nil
}

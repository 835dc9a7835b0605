package runner

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// elsewhere is what the last worker of a chunk has left on a host that doesn't see
// the shared folder, as far as it isn't known to be here.
type elsewhere struct {
	worker plan.Worker
	layout job.Layout
	// fetched tells that all of it is here by now.
	fetched atomic.Bool
}

// leftBy is what a worker that was started will leave elsewhere; nil where all
// it does is here.
func leftBy(p post) *elsewhere {
	if p, ok := p.(*apart); ok {
		return &elsewhere{worker: p.worker, layout: p.layout}
	}
	return nil
}

// orphanApart goes on to bring what the worker of another master leaves, who is
// at it, or has finished. What one that has ended has left, the next one fetches.
func (r *run) orphanApart(d *distant, sign host.Sign) (post, bool) {
	if sign.State == host.Ended {
		return d, false
	}
	if err := r.openKeys(); err != nil {
		r.report(Warning{Text: fmt.Sprintf("%s: %v", d.name(), err)})
	}
	return r.newApart(d, r.mirror(d.chunk, d.layout)), true
}

// unfetchedError tells that nobody may go on with a chunk: what its last worker
// has left can't be had, and a script might run a second time.
type unfetchedError struct {
	worker string
	why    error
}

// Error says so, and what can be done.
func (e *unfetchedError) Error() string {
	return fmt.Sprintf("what %s has done can't be fetched, and nothing may run twice (on_unknown: report): %v; resume when it can be reached", e.worker, e.why)
}

// catchUp fetches what the last worker of a chunk has left on its host, when it is
// known to be gone: another one goes on from there. Where that can't be had, what
// it did since it was last heard of counts as in flight.
func (r *run) catchUp(ctx context.Context, t task) error {
	if t.left == nil || t.left.fetched.Load() {
		return nil
	}
	err := r.fetch(ctx, t)
	t.left.fetched.Store(err == nil)
	if err == nil || ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.plan.Job.OnUnknown == job.Report {
		return &unfetchedError{t.left.worker.Name, err}
	}
	r.report(Warning{Text: fmt.Sprintf("%s: what %s has done since it was last heard of can't be fetched, and runs again: %v",
		t.chunk, t.left.worker.Name, err)})
	return nil
}

// fetch ends whoever may still be at a chunk on a host, and brings what is there.
func (r *run) fetch(ctx context.Context, t task) (err error) {
	at, done, err := r.reach(ctx, t.left.worker)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	return at.ask(ctx, func(_ context.Context, h *host.Host) error {
		if err := h.Stop(ctx, t.left.layout, t.chunk, grace); err != nil {
			return err
		}
		if _, err := r.mirror(t.chunk, t.left.layout).Fetch(ctx, h); err != nil {
			return err
		}
		return h.Discard(ctx, t.left.layout.Dir)
	})
}

// reach gives a worker host, logging in where it could not be before. The caller
// calls done.
func (r *run) reach(ctx context.Context, w plan.Worker) (at *away, done func() error, err error) {
	for _, p := range r.probed {
		if p.Worker.Name != w.Name {
			continue
		}
		if at, ok := p.at.(*away); ok {
			return at, func() error { return nil }, nil
		}
		if p.access == nil {
			break
		}
		h, err := p.access.Dial(ctx, p.Worker)
		if err != nil {
			return nil, nil, err
		}
		at = &away{worker: p.Worker, access: p.access, host: h}
		return at, at.close, nil
	}
	return nil, nil, errors.New("it is none of the workers")
}

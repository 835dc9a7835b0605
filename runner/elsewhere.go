package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

// elsewhere is what the last worker of a chunk has left on a host that doesn't see
// the shared folder, as far as it isn't known to be here.
type elsewhere struct {
	worker plan.Worker
	layout job.Layout
	// by is that worker, where this master brings what it leaves; else nil.
	by *apart
	// fetched tells that all of it is here by now.
	fetched atomic.Bool
}

// leftBy is what a worker that was started will leave elsewhere; nil where all
// it does is here.
func leftBy(p post) *elsewhere {
	if p, ok := p.(*apart); ok {
		return &elsewhere{worker: p.worker, layout: p.layout, by: p}
	}
	return nil
}

// orphanApart goes on to bring what the worker of another master leaves, who is
// at it, or has finished. What one that has ended has left, the next one fetches.
func (r *run) orphanApart(d *distant, sign host.Sign) (post, bool) {
	if sign.State == host.Ended {
		_, finished := r.lookForDone(d.chunk, true) // it was brought, and not written down
		return d, finished
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
	here   bool // the fault is on this side
}

// Error says so, and what can be done.
func (e *unfetchedError) Error() string {
	if e.here {
		return fmt.Sprintf("what %s has done can't be brought here, and would run again: %v; resume when it can", e.worker, e.why)
	}
	return fmt.Sprintf("what %s has done can't be fetched, and nothing may run twice (on_unknown: report): %v; resume when it can be reached", e.worker, e.why)
}

// catchUp fetches what the last worker of a chunk has left on its host, when it is
// known to be gone: another one goes on from there. Where that can't be had, what
// it did since it was last heard of counts as in flight.
func (r *run) catchUp(ctx context.Context, t task) error {
	if t.left == nil || t.left.fetched.Load() {
		return nil
	}
	if t.left.by != nil {
		t.left.by.stop() // two that bring the same would bring it twice
	}
	err := r.fetch(ctx, t)
	t.left.fetched.Store(err == nil)
	if err == nil || ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return r.unfetched(t, err)
}

// unfetched says what follows where what a worker has left can't be fetched: the
// error is that nobody may go on.
func (r *run) unfetched(t task, err error) error {
	if here := isHere(err); here || r.plan.Job.OnUnknown == job.Report {
		return &unfetchedError{t.left.worker.Name, err, here}
	}
	r.report(Warning{Text: fmt.Sprintf("%s: what %s has done since it was last heard of can't be fetched, and runs again: %v",
		t.chunk, t.left.worker.Name, err)})
	return nil
}

// isHere tells of an error that something is wrong with a file on this side, as
// on a disk that is full: the host has what it had.
func isHere(err error) bool {
	if away := new(remote.Error); errors.As(err, &away) {
		return false
	}
	atPath, atLink := new(fs.PathError), new(os.LinkError)
	return errors.As(err, &atPath) || errors.As(err, &atLink)
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
		// Whoever takes the run up must not look for it there any more.
		fetched := journal.Entry{Kind: journal.KindFetched, Chunk: t.chunk, Worker: t.left.worker.Name, Apart: t.left.layout.Dir}
		if err := r.journal.Add(fetched); err != nil {
			return err
		}
		_ = h.Discard(ctx, t.left.layout.Dir) // else it goes when it has not been used for a month
		return nil
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

package runner

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// station is where a worker can work: this machine, or a host over SSH.
type station interface {
	// layout is where a worker finds the files of the run there.
	layout(shared job.Layout, t task) job.Layout
	// prepare brings there what a worker reads, before it is started.
	prepare(ctx context.Context, r *run, b brief) error
	// start starts a worker on a chunk. That it can't is the error.
	start(ctx context.Context, r *run, b brief) (post, error)
	// bin is the path of the worker half there.
	bin(launch plan.Launch) string
}

// post is a worker that was started.
type post interface {
	// begun reports whether the worker has begun its chunk, or ended it
	// already. The error says why it never will, in its own words where it
	// has left some.
	begun(ctx context.Context, r *run, chunk string) (bool, error)
	// name is how the worker is called in messages.
	name() string
	// gone is closed when the worker has ended, where that is known at once;
	// nil where it can only be asked for.
	gone() <-chan struct{}
	// alive asks whether the worker still runs. The error is that this can't
	// be found out.
	alive(ctx context.Context) (bool, error)
	// fate says how a worker ended that has left no .done file.
	fate(r *run) string
	// end ends the worker and waits for it, within a few seconds. One that
	// has finished is given the time to go by itself. The error says why it may
	// still work.
	end(finished bool) error
	// hurry tells a worker that is being ended not to take its time: the second
	// word cuts what runs on its targets.
	hurry()
}

// local is this machine as a station.
type local struct{}

func (local) bin(launch plan.Launch) string { return launch.Bin }

func (local) layout(shared job.Layout, _ task) job.Layout { return shared }

func (local) prepare(context.Context, *run, brief) error { return nil }

func (local) start(ctx context.Context, r *run, b brief) (post, error) {
	p, err := startLocal(ctx, b, r.cfg.Environ, r.folder, filepath.Base(r.plan.Layout.Log(b.chunk)))
	if err != nil {
		return nil, err // no post, rather than one that is nil
	}
	return p, nil
}

func (p *process) begun(_ context.Context, r *run, chunk string) (bool, error) {
	// In this order: it may have been quick.
	ended := p.endsWithin(0)
	works, err := r.begun(chunk)
	if err == nil && !works && ended {
		err = errors.New(p.fate(r))
	}
	return works, err
}

func (p *process) name() string { return "the worker of " + p.log }

func (p *process) gone() <-chan struct{} { return p.ended }

func (p *process) alive(context.Context) (bool, error) {
	return !p.endsWithin(0), nil
}

func (p *process) fate(r *run) string { return p.how() + r.lastWords(p.log, p.from) }

func (p *process) end(finished bool) error {
	if !finished || !p.endsWithin(grace) {
		p.stop()
	}
	return nil
}

// look is the pause before a new worker is asked again whether it has begun; each
// is twice the one before, up to maxLook. To ask costs a host some processes.
const (
	look    = 20 * time.Millisecond
	maxLook = 320 * time.Millisecond
)

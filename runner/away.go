package runner

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

// away is a worker host as a station.
type away struct {
	worker plan.Worker
	access *host.Access // how to get in again
	// path is where the worker half was deployed to. Where none was, classic
	// tells that the host's scanslave is of the classic suite.
	path    string
	classic bool
	// apart tells that the host doesn't see the shared folder: files go and come
	// by SFTP, and are below home there.
	apart bool
	home  string

	mu   sync.Mutex
	host *host.Host
}

func (a *away) bin(launch plan.Launch) string {
	if a.path != "" {
		return a.path
	}
	return launch.Bin
}

// close ends the connection.
func (a *away) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.host.Close()
}

// at is the host as it is reached now.
func (a *away) at() *host.Host {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.host
}

// ask asks the host something, once more over a new connection where the line
// has gone down. What is asked must do no harm when it is asked twice.
func (a *away) ask(ctx context.Context, question func(context.Context, *host.Host) error) error {
	h := a.at()
	// A question that is cut short costs the connection, by which the worker
	// is to be ended; each has a deadline of its own.
	err := question(context.WithoutCancel(ctx), h)
	lost := new(remote.Error)
	if !errors.As(err, &lost) || ctx.Err() != nil {
		return err
	}
	if h, err = a.anew(ctx, h); err != nil {
		return err
	}
	return question(context.WithoutCancel(ctx), h)
}

// anew logs in anew, unless somebody else has since the line was found broken.
func (a *away) anew(ctx context.Context, broken *host.Host) (*host.Host, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.host != broken {
		return a.host, nil
	}
	h, err := a.access.Dial(ctx, a.worker)
	if err != nil {
		return nil, err
	}
	_ = a.host.Close() // it is broken
	a.host = h
	return h, nil
}

func (a *away) layout(shared job.Layout, t task) job.Layout {
	if a.apart {
		return shared.Apart(a.home, t.chunk, t.number)
	}
	return shared
}

// prepare brings what a worker needs to a host that doesn't see the shared
// folder. Whoever is at the chunk there was given up.
func (a *away) prepare(ctx context.Context, r *run, b brief) error {
	if !a.apart {
		return nil
	}
	if err := r.openKeys(); err != nil {
		return err
	}
	return a.ask(ctx, func(_ context.Context, h *host.Host) error {
		for n := 1; n < b.number; n++ {
			if err := h.Stop(ctx, r.plan.Layout.Apart(a.home, b.chunk, n), b.chunk, grace); err != nil {
				return err
			}
		}
		return r.mirror(b.chunk, b.layout).Push(ctx, h, b.jobName, b.jobText)
	})
}

func (a *away) start(ctx context.Context, r *run, b brief) (post, error) {
	d := &distant{away: a, run: r, chunk: b.chunk, layout: b.layout}
	c := b.command
	if c.Log != "" {
		d.from = sizeOf(r.folder, filepath.Base(c.Log))
		// Made here, so that it is as private as all else on the share.
		log, err := appendTo(r.folder, filepath.Base(c.Log))
		if err != nil {
			return nil, err
		}
		if err := log.Close(); err != nil {
			return nil, err
		}
	}
	// The line may have gone down since; a start is not made twice.
	if _, err := d.look(ctx); err != nil {
		return nil, err
	}
	if c.Secrets != "" {
		if err := a.at().Hand(context.WithoutCancel(ctx), c.Secrets, b.secrets); err != nil {
			return nil, err
		}
	}
	err := a.at().Launch(context.WithoutCancel(ctx), c)
	if lost := new(remote.Error); err != nil && !errors.As(err, &lost) {
		if sign, unknown := d.look(ctx); unknown == nil && sign.Apart {
			err = fmt.Errorf("%s (%w)", d.words, err)
		}
		return nil, err
	}
	// Where the line went down, it may have started.
	if a.apart {
		return r.newApart(d, r.mirror(b.chunk, b.layout)), err
	}
	return d, err
}

// distant is a worker on a worker host, which goes on without us.
type distant struct {
	*away
	run   *run
	chunk string
	// layout is where the run's files are there.
	layout job.Layout
	// from is where in its log begins what is its own.
	from int64
	// words is the last that was heard of it.
	words string
}

// look looks at the worker on its host.
func (d *distant) look(ctx context.Context) (host.Sign, error) {
	var sign host.Sign
	err := d.ask(ctx, func(ctx context.Context, h *host.Host) (err error) {
		sign, err = h.Begun(ctx, d.layout, d.chunk, d.from)
		return err
	})
	if err == nil {
		d.words = sign.Words
	}
	switch {
	case !sign.Apart:
	case d.run.isElsewhere(d.layout):
		d.words = d.layout.Prefix() + " isn't there on that host any more"
	default:
		d.words = d.layout.Prefix() + " isn't there on that host: mount the shared folder again"
	}
	return sign, err
}

func (d *distant) begun(ctx context.Context, r *run, _ string) (bool, error) {
	sign, err := d.look(ctx)
	switch {
	case err != nil:
		return false, err
	case sign.State == host.Ended:
		return false, errors.New(d.fate(r))
	}
	return sign.State == host.Working || sign.State == host.Done, nil
}

func (d *distant) name() string { return "the worker of " + d.chunk + " on " + d.worker.Name }

// gone is never known at once: only its host knows.
func (d *distant) gone() <-chan struct{} { return nil }

func (d *distant) alive(ctx context.Context) (bool, error) {
	sign, err := d.look(ctx)
	return err == nil && sign.Runs, err // .done is no sign: it may be forged
}

func (d *distant) fate(*run) string {
	how := "it ended without having finished"
	if d.words != "" {
		how += ": " + d.words
	}
	return how
}

// hurry sends it another signal. That its host can't be told, end says.
func (d *distant) hurry() { _ = d.at().Hurry(context.Background(), d.layout, d.chunk) }

// end ends a worker that has not finished.
func (d *distant) end(finished bool) error {
	if finished {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*grace)
	defer cancel()
	return d.ask(ctx, func(_ context.Context, h *host.Host) error {
		return h.Stop(ctx, d.layout, d.chunk, grace)
	})
}

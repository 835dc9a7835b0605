package runner

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"scanmaster/runner/host"
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

func (a *away) start(ctx context.Context, r *run, c plan.Command, chunk string) (post, error) {
	d := &distant{away: a, run: r, chunk: chunk}
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
	err := a.at().Launch(context.WithoutCancel(ctx), c)
	if lost := new(remote.Error); err != nil && !errors.As(err, &lost) {
		if sign, unknown := d.look(ctx); unknown == nil && sign.Apart {
			err = fmt.Errorf("%s (%w)", d.words, err)
		}
		return nil, err
	}
	return d, err // where the line went down, it may have started
}

// distant is a worker on a worker host, which goes on without us.
type distant struct {
	*away
	run   *run
	chunk string
	// from is where in its log begins what is its own.
	from int64
	// words is the last that was heard of it.
	words string
}

// look looks at the worker on its host.
func (d *distant) look(ctx context.Context) (host.Sign, error) {
	var sign host.Sign
	err := d.ask(ctx, func(ctx context.Context, h *host.Host) (err error) {
		sign, err = h.Begun(ctx, d.run.plan.Layout, d.chunk, d.from)
		return err
	})
	if err == nil {
		d.words = sign.Words
	}
	if sign.Apart {
		d.words = d.run.plan.Layout.Prefix() + " isn't there on that host: mount the shared folder again"
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
func (d *distant) hurry() { _ = d.at().Hurry(context.Background(), d.run.plan.Layout, d.chunk) }

// end ends a worker that has not finished.
func (d *distant) end(finished bool) error {
	if finished {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*grace)
	defer cancel()
	return d.ask(ctx, func(_ context.Context, h *host.Host) error {
		return h.Stop(ctx, d.run.plan.Layout, d.chunk, grace)
	})
}

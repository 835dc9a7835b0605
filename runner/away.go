package runner

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"scanmaster/runner/host"
	"scanmaster/runner/plan"
)

// away is a worker host as a station.
type away struct {
	host *host.Host
	// path is where the worker half was deployed to. Where none was, classic
	// tells that the host's scanslave is of the classic suite.
	path    string
	classic bool
}

func (a *away) bin(launch plan.Launch) string {
	if a.path != "" {
		return a.path
	}
	return launch.Bin
}

func (a *away) start(ctx context.Context, r *run, c plan.Command, chunk string) (post, error) {
	if c.Log != "" {
		// Made here, so that it is as private as all else on the share.
		log, err := r.folder.Create(filepath.Base(c.Log))
		if err != nil {
			return nil, err
		}
		if err := log.Close(); err != nil {
			return nil, err
		}
	}
	// A question that is cut short costs the connection, by which the worker
	// is to be ended; each has a deadline of its own.
	if err := a.host.Launch(context.WithoutCancel(ctx), c); err != nil {
		return nil, err
	}
	return &distant{away: a, run: r, chunk: chunk}, nil
}

// distant is a worker on a worker host, which goes on without us.
type distant struct {
	*away
	run   *run
	chunk string
	// words is the last that was heard of it.
	words string
}

func (d *distant) begun(ctx context.Context, r *run, c *chunkRun) (bool, error) {
	sign, err := d.host.Begun(context.WithoutCancel(ctx), r.plan.Layout, c.name)
	if err != nil {
		return false, err
	}
	d.words = sign.Words
	switch sign.State {
	case host.Working, host.Done:
		return true, nil
	case host.Ended:
		return false, errors.New(d.fate(r, c))
	}
	return false, nil
}

// gone is never known at once: only its host knows.
func (d *distant) gone() <-chan struct{} { return nil }

func (d *distant) alive(ctx context.Context, r *run, c *chunkRun) (bool, error) {
	sign, err := d.host.Begun(context.WithoutCancel(ctx), r.plan.Layout, c.name)
	if err != nil {
		return false, err
	}
	d.words = sign.Words
	return sign.State != host.Ended, nil
}

func (d *distant) fate(*run, *chunkRun) string {
	how := "it ended without having finished"
	if d.words != "" {
		how += ": " + d.words
	}
	return how
}

// end ends a worker that has not finished. Where its host can't be told, it
// may go on, and that is said.
func (d *distant) end(finished bool) {
	if finished {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*grace)
	defer cancel()
	if err := d.host.Stop(ctx, d.run.plan.Layout, d.chunk, grace); err != nil {
		d.run.report(Warning{Text: fmt.Sprintf("the worker of %s may still work: %v", d.chunk, err)})
	}
}

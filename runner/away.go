package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

	"scanmaster/runner/host"
	"scanmaster/runner/plan"
	"scanmaster/spec"
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

// deployAll brings the worker half to the hosts, side by side. That it can't
// be brought is a reason to leave a host out.
func (r *run) deployAll(ctx context.Context, s plan.Probe, probed []Probed) error {
	if s.Deploy == spec.DeployNever || !anyRemote(s.Workers) {
		return nil
	}
	builds := &builds{self: launchOf(r.plan).Bin, from: s.DeployFrom, known: make(map[string]host.Binary)}
	var side sync.WaitGroup
	for i := range probed {
		p := &probed[i]
		at, ok := p.at.(*away)
		if !ok || len(p.Reasons) > 0 {
			continue
		}
		build, err := builds.of(p.Facts.OS, p.Facts.Arch)
		if err != nil {
			return err
		}
		side.Go(func() {
			path, err := at.host.Deploy(ctx, build)
			if err != nil {
				p.Reasons = append(p.Reasons, err.Error())
			}
			at.path = path
		})
	}
	side.Wait()
	return ctx.Err()
}

// builds finds the binary for a system, once for each.
type builds struct {
	self, from string
	known      map[string]host.Binary
}

func (b *builds) of(goos, goarch string) (host.Binary, error) {
	if build, ok := b.known[goos+"/"+goarch]; ok {
		return build, nil
	}
	build, err := b.find(goos, goarch)
	if err != nil {
		return host.Binary{}, fmt.Errorf("the binary for %s/%s: %w", goos, goarch, err)
	}
	b.known[goos+"/"+goarch] = build
	return build, nil
}

// find takes a build from the folder that the scan names where it is there,
// and else this binary.
func (b *builds) find(goos, goarch string) (host.Binary, error) {
	if b.from != "" {
		build, err := host.From(b.from, goos, goarch)
		if !errors.Is(err, fs.ErrNotExist) {
			return build, err
		}
	}
	return host.Self(b.self)
}

package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// delivery is a build of the worker half that a worker host needs.
type delivery struct {
	to    *Probed
	at    *away
	build host.Binary
}

// deliveries finds the build for every host that could work, and touches no
// host. That there is none that would run there is a reason to leave the host
// out.
func deliveries(p plan.Plan, s plan.Probe, probed []Probed) []delivery {
	if s.Deploy == spec.DeployNever {
		return nil
	}
	builds := &builds{self: launchOf(p).Bin, from: s.DeployFrom, known: make(map[string]inspected)}
	var all []delivery
	for i := range probed {
		to := &probed[i]
		at, ok := to.at.(*away)
		if !ok || len(to.Reasons) > 0 {
			continue
		}
		build, err := builds.of(to.Facts.OS, to.Facts.Arch)
		if err != nil {
			to.refused(job.AboutProgram, err.Error())
			continue
		}
		all = append(all, delivery{to, at, build})
	}
	return all
}

// deliver brings builds to their hosts, side by side.
func deliver(ctx context.Context, all []delivery) error {
	return eachDelivery(ctx, all, (*host.Host).Deploy)
}

// locate looks where builds are on their hosts already, and brings none.
func locate(ctx context.Context, all []delivery) error {
	return eachDelivery(ctx, all, (*host.Host).Find)
}

// eachDelivery learns the paths of builds on their hosts. That a host can't be
// asked, or given one, is a reason to leave it out; the error is that ctx has
// ended.
func eachDelivery(ctx context.Context, all []delivery, do func(*host.Host, context.Context, host.Binary) (string, error)) error {
	var side sync.WaitGroup
	for _, d := range all {
		side.Go(func() {
			path, err := do(d.at.at(), ctx, d.build)
			if err != nil {
				d.to.refused(job.AboutProgram, err.Error())
			}
			d.at.path = path
			switch {
			case err != nil:
			case path == "":
				d.to.found(job.AboutProgram, "not there yet: apply brings it (deploy: auto)")
			default:
				d.to.found(job.AboutProgram, "the same as here: %s", path)
			}
		})
	}
	side.Wait()
	return context.Cause(ctx)
}

// builds finds the binary for a system, once for each.
type builds struct {
	self, from string
	known      map[string]inspected
}

// inspected is what came of looking at a build.
type inspected struct {
	build host.Binary
	err   error
}

func (b *builds) of(goos, goarch string) (host.Binary, error) {
	system := goos + "/" + goarch
	f, known := b.known[system]
	if !known {
		f.build, f.err = b.find(goos, goarch)
		b.known[system] = f
	}
	switch {
	case f.err == nil:
		return f.build, nil
	case errors.Is(f.err, host.ErrDynamic): // which says what mends it
		return host.Binary{}, fmt.Errorf("the binary for %s: %w", system, f.err)
	}
	return host.Binary{}, fmt.Errorf("the binary for %s: %w; make it anew (task build:all), or name a folder with one as deploy_from", system, f.err)
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

package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sys/unix"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// pipeline takes targets in hand, many at a time.
type pipeline struct {
	*access
	cfg      Config
	ledger   *result.Ledger
	src      *source
	lease    *lease
	ends     *ends
	slots    *slots
	command  string
	timeouts job.Timeouts

	running sync.WaitGroup
}

func newPipeline(w *shift, a *access) *pipeline {
	c := w.Config
	working, silent := bounds(c.Args.Jobs, openFiles())
	if working < c.Args.Jobs {
		c.Log("%d targets at a time instead of %d: no more files may be open (ulimit -n)", working, c.Args.Jobs)
	}
	return &pipeline{
		access: a, cfg: c, ledger: w.ledger, src: w.src, lease: w.lease, ends: w.ends,
		slots: newSlots(working, silent), command: c.command(), timeouts: c.timeouts(),
	}
}

func openFiles() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024 // what every system grants
	}
	return limit.Cur
}

// run goes through all targets that have no outcome. The first error of this
// host's own files ends it, and so do the ends; what is in hand then has no
// outcome.
func (p *pipeline) run() error {
	targets, err := p.src.list()
	if err != nil {
		return err
	}
	err = p.dispatch(p.ends.taking, targets)
	p.running.Wait()
	if cause := context.Cause(p.ends.taking); cause != nil {
		return cause
	}
	return err
}

func (p *pipeline) dispatch(ctx context.Context, targets *chunk.Reader) error {
	for {
		t, bad, err := p.next(targets)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("chunk: %w", err)
		}
		place, err := p.slots.take(ctx)
		if err != nil {
			return err
		}
		if err := p.lease.held(ctx); err != nil {
			place.free()
			return err
		}
		p.running.Go(func() {
			defer place.free()
			if err := p.target(ctx, t, bad, place); err != nil {
				p.ends.stop(err)
			}
		})
	}
}

// next gives the next target without an outcome; bad tells that its line names
// none.
func (p *pipeline) next(targets *chunk.Reader) (t chunk.Target, bad, err error) {
	for {
		t, err = targets.Next()
		if err != nil && !isBadLine(err) {
			return t, nil, err
		}
		if !p.ledger.Has(t.Line) {
			return t, err, nil
		}
	}
}

// target brings one target to its outcome. The error is one of this host,
// never the target's.
func (p *pipeline) target(ctx context.Context, t chunk.Target, bad error, place *slot) error {
	if ctx.Err() != nil {
		return nil
	}
	if err := p.ledger.Checked(t); err != nil {
		return err
	}
	v := &visit{pipeline: p, target: t, place: place, began: p.cfg.Now()}
	defer v.close()
	var came verdict
	if bad != nil {
		came = invalid(bad)
	} else {
		var err error
		if came, err = v.run(ctx); err != nil {
			return err
		}
	}
	if v.sent {
		ctx = p.ends.running
	}
	if ctx.Err() != nil {
		return nil // ended by us, not by the target
	}
	return v.record(came)
}

// maySend notes that the script is about to be sent, and makes sure that the
// chunk is still this worker's then. False is the end of ctx, or has an error.
func (v *visit) maySend(ctx context.Context) (bool, error) {
	if ctx.Err() != nil {
		return false, nil
	}
	note := v.ledger.Attempt
	if v.cfg.reports() {
		note = v.ledger.AttemptSynced
	}
	if err := note(v.target); err != nil {
		return false, err
	}
	err := v.lease.held(ctx)
	if ctx.Err() != nil {
		return false, nil
	}
	v.sent = err == nil
	return v.sent, err
}

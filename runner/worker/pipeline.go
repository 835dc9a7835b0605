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
	slots    *slots
	command  string
	timeouts job.Timeouts

	running sync.WaitGroup
	stop    context.CancelCauseFunc
}

func newPipeline(c Config, a *access, ledger *result.Ledger, src *source) *pipeline {
	working, silent := bounds(c.Args.Jobs, openFiles())
	if working < c.Args.Jobs {
		c.Log("%d targets at a time instead of %d: no more files may be open (ulimit -n)", working, c.Args.Jobs)
	}
	return &pipeline{
		access: a, cfg: c, ledger: ledger, src: src, slots: newSlots(working, silent),
		command: c.command(), timeouts: c.timeouts(),
	}
}

func openFiles() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024 // what every system grants
	}
	return limit.Cur
}

// run goes through all targets. The first error of this host's own files ends
// it, and so does ctx; what is in hand then has no outcome.
func (p *pipeline) run(ctx context.Context) error {
	targets, err := p.src.list()
	if err != nil {
		return err
	}
	ctx, p.stop = context.WithCancelCause(ctx)
	defer p.stop(nil)
	err = p.dispatch(ctx, targets)
	p.running.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (p *pipeline) dispatch(ctx context.Context, targets *chunk.Reader) error {
	for {
		place, err := p.slots.take(ctx)
		if err != nil {
			return err
		}
		t, bad := targets.Next()
		if bad != nil && !isBadLine(bad) {
			place.free()
			if errors.Is(bad, io.EOF) {
				return nil
			}
			return fmt.Errorf("chunk: %w", bad)
		}
		p.running.Go(func() {
			defer place.free()
			if err := p.target(ctx, t, bad, place); err != nil {
				p.stop(err)
			}
		})
	}
}

// target brings one target to its outcome. The error is one of this host,
// never the target's.
func (p *pipeline) target(ctx context.Context, t chunk.Target, bad error, place *slot) error {
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
	if ctx.Err() != nil {
		return nil // ended by us, not by the target
	}
	return v.record(came)
}

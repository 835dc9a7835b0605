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
	*reach
	cfg      Config
	ledger   *result.Ledger
	src      *source
	slots    *slots
	command  string
	timeouts job.Timeouts
	user     string
	port     int

	running sync.WaitGroup
	stop    context.CancelCauseFunc
}

func newPipeline(c Config, r *reach, ledger *result.Ledger, src *source) *pipeline {
	working, silent := bounds(c.Args.Jobs, openFiles())
	if working < c.Args.Jobs {
		c.Log("%d targets at a time instead of %d: no more files may be open (ulimit -n)", working, c.Args.Jobs)
	}
	p := &pipeline{
		reach: r, cfg: c, ledger: ledger, src: src, slots: newSlots(working, silent),
		command: c.command(), timeouts: c.timeouts(), user: c.Targets.User, port: c.Targets.Port,
	}
	if p.user == "" {
		p.user = c.User
	}
	return p
}

func openFiles() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024 // what every system grants
	}
	return limit.Cur
}

// run goes through all targets. The first error of the ledger ends it, and so
// does ctx; what is in hand then has no outcome.
func (p *pipeline) run(ctx context.Context) error {
	targets, err := fromStart(p.src.targets)
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
		t, err := targets.Next()
		if err != nil && !isBadLine(err) {
			place.free()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("chunk: %w", err)
		}
		bad := err
		p.running.Go(func() {
			defer place.free()
			if err := p.target(ctx, t, bad, place); err != nil {
				p.stop(err)
			}
		})
	}
}

// target brings one target to its outcome. The error is one of our own files,
// never the target's.
func (p *pipeline) target(ctx context.Context, t chunk.Target, bad error, place *slot) error {
	if err := p.ledger.Checked(t); err != nil {
		return err
	}
	v := &visit{pipeline: p, target: t, place: place, outcome: p.begin(t)}
	defer v.close()
	if bad != nil {
		v.fail(result.NoSSH, result.PhaseResolve, result.ReasonInvalid, bad)
	} else if err := v.run(ctx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return nil // ended by us, not by the target
	}
	return v.record()
}

func (p *pipeline) begin(t chunk.Target) result.Outcome {
	o := result.Outcome{Line: t.Line, Host: t.Host, Start: p.cfg.Now()}
	if t.IP != t.Host && !p.byName {
		o.IP = t.IP
	}
	return o
}

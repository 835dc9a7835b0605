package worker

import (
	"context"
	"errors"
	"io"
	"sync"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
)

// pipeline takes targets in hand, many at a time.
type pipeline struct {
	*access
	cfg      Config
	ledger   Ledger
	targets  list
	script   []byte
	console  Console // nil where nobody sits there
	lease    *lease
	limit    *limit
	ends     *ends
	slots    *slots
	grower   *grower // nil where the slots stay as many
	queue    *queue
	pace     *pace
	retry    map[string]int
	command  string
	timeouts job.Timeouts

	running sync.WaitGroup
}

// newPipeline lacks what its caller knows: the ledger, the targets, the script, the
// lease, the limit, and the ends.
func (c Config) newPipeline(a *access) *pipeline {
	slots, grower := c.places()
	return &pipeline{
		access: a, cfg: c, slots: slots, grower: grower, command: c.command(), timeouts: c.timeouts(), retry: c.retry(),
		pace: newPace(c.rate()),
	}
}

// run goes through all targets that have no outcome. The first error of this
// host's own files ends it, and so do the ends; what is in hand then has no
// outcome.
func (p *pipeline) run() error {
	p.queue = newQueue(&rest{p.targets, p.ledger, p.limit}, maxWaiting)
	p.queue.address, p.queue.subnets = p.address, newSubnets(p.cfg.perSubnet())
	grown := p.grower.start()
	err := p.dispatch(p.ends.taking)
	grown()
	p.running.Wait()
	if cause := context.Cause(p.ends.taking); cause != nil {
		return cause
	}
	return err
}

// dispatch sees to it that every target is tried until it has its outcome.
func (p *pipeline) dispatch(ctx context.Context) error {
	for {
		t, err := p.queue.next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if t.bad == nil {
			if err := p.pace.take(ctx); err != nil {
				return err
			}
		}
		place, err := p.slots.take(ctx)
		if err != nil {
			return err
		}
		if err := p.lease.mayBegin(ctx); err != nil {
			place.free()
			return err
		}
		p.running.Go(func() {
			came, err := p.try(ctx, &t, place)
			if err != nil {
				p.ends.stop(err)
			}
			p.handBack(t, came) // before the next takes its place, so that no more can wait than are counted
			place.free()
		})
	}
}

// rest is what of a list has no outcome yet, up to the limit.
type rest struct {
	list   list
	ledger Ledger
	limit  *limit
}

// Next gives the next target without an outcome, as of list.
func (r *rest) Next() (chunk.Target, error) {
	for {
		t, err := r.list.Next()
		if (err == nil || chunk.IsLineError(err)) && !r.limit.take(t.Line) {
			return chunk.Target{}, io.EOF
		}
		if err != nil && !chunk.IsLineError(err) || !r.ledger.Has(t.Line) {
			return t, err
		}
	}
}

// fate is what becomes of a target that was in hand.
type fate int

const (
	over  fate = iota // it has its outcome, or this worker ends
	again             // it is worth another try
	aside             // it has to wait for a place; the queue has it back already
)

// try tries one target, and brings it to its outcome or reports what else becomes
// of it. The error is one of this host, never the target's.
func (p *pipeline) try(ctx context.Context, t *trial, place *slot) (fate, error) {
	if ctx.Err() != nil {
		return over, nil
	}
	if t.began.IsZero() {
		t.began = p.cfg.Now()
		if err := p.ledger.Checked(t.target); err != nil {
			return over, err
		}
	}
	v := &visit{pipeline: p, trial: t, place: place}
	defer v.close()
	came, err := v.run(ctx)
	if err != nil {
		return over, err
	}
	if v.sent {
		ctx = p.ends.running
	}
	if ctx.Err() != nil {
		return over, nil // ended by us, not by the target
	}
	if v.aside {
		return aside, nil
	}
	most := worth(p.retry, came, v.sent)
	t.dropped = came.drop != nil
	t.alone = t.dropped && t.tries+1 == most
	if t.dropped && !t.at.IsValid() {
		t.at = came.drop.At
	}
	if t.tries < most {
		return again, nil
	}
	return over, v.record(came)
}

// maySend notes that the script is about to be sent, and makes sure that this
// worker may still begin something then. False is the end of ctx, or has an error.
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
	err := v.lease.mayBegin(ctx)
	if ctx.Err() != nil {
		return false, nil
	}
	v.sent = err == nil
	return v.sent, err
}

package worker

import (
	"context"
	"time"
)

// ends are the ends of a worker's time: that of taking targets in hand, that of
// all that still runs there, and that of what follows when all have an outcome.
// Whoever made them closes them.
type ends struct {
	taking, running, finishing context.Context

	stopTaking, cut, end context.CancelCauseFunc
	drained              chan struct{}
}

// newEnds has taking and finishing end with ctx, and the running after the time of
// grace that follows, or with the second word to end; the taking may end alone.
// What has begun nothing on a target yet belongs to the taking.
func (c Config) newEnds(ctx context.Context) *ends {
	e := &ends{drained: make(chan struct{})}
	e.finishing, e.end = context.WithCancelCause(ctx)
	e.taking, e.stopTaking = context.WithCancelCause(e.finishing)
	e.running, e.cut = context.WithCancelCause(context.WithoutCancel(ctx))
	go e.drain(c)
	return e
}

func (e *ends) drain(c Config) {
	defer close(e.drained)
	select {
	case <-e.running.Done():
		return
	case <-e.taking.Done():
		if e.running.Err() != nil {
			return // all has been cut at once
		}
	}
	why := context.Cause(e.taking)
	c.Log("%v: nothing new is begun, and what runs has %v", why, c.grace())
	late := time.NewTimer(c.grace())
	defer late.Stop()
	select {
	case <-e.running.Done():
	case <-late.C:
		c.Log("what still runs after %v is cut", c.grace())
	case <-c.Cut:
		c.Log("told to end a second time: what still runs is cut")
	}
	e.cut(why)
}

// stop ends all at once.
func (e *ends) stop(why error) {
	e.cut(why) // first, so that nobody grants a time of grace
	e.end(why)
}

func (e *ends) close() {
	e.stop(context.Canceled)
	<-e.drained
}

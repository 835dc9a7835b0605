package worker

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	// spurt is how long a new connection may be early or late, as a part of the
	// ceiling: so much of it may come at once.
	spurt = 20 * time.Millisecond
	// slack is the same for taking targets in hand, which a busy machine does in
	// fits: what it is late for is made up for.
	slack = 100 * time.Millisecond
)

// pace holds new connections to this worker's share of a ceiling; a nil one
// holds nothing back. There are two gates of the same rate. At the first one a
// target is taken in hand, so that nobody waits with a place that others could
// have. Pings and names take their time from there, and may come back all at
// once when a network has stood still: the second gate is passed right before
// the connection is begun.
type pace struct {
	taking, connecting *rate.Limiter
	// spare counts those that were taken in hand and needed no connection: others
	// may come in their place.
	spare atomic.Int64
}

// newPace makes that of so many new connections a second; nil for none or less.
func newPace(perSecond float64) *pace {
	if perSecond <= 0 {
		return nil
	}
	gate := func(ahead time.Duration) *rate.Limiter {
		return rate.NewLimiter(rate.Limit(perSecond), max(1, int(math.Round(perSecond*ahead.Seconds()))))
	}
	return &pace{taking: gate(slack), connecting: gate(spurt)}
}

// take returns when a target that needs a connection may be taken in hand. The
// error is that of ctx.
func (p *pace) take(ctx context.Context) error {
	if p == nil {
		return nil
	}
	for n := p.spare.Load(); n > 0; n = p.spare.Load() {
		if p.spare.CompareAndSwap(n, n-1) {
			return nil
		}
	}
	return pass(ctx, p.taking)
}

// connect returns when the connection may be begun. The error is that of ctx.
func (p *pace) connect(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return pass(ctx, p.connecting)
}

// pass returns when a gate lets one more through. It waits for a turn that is behind
// ctx's deadline, too, unlike the gate's own way. The error is that of ctx.
func pass(ctx context.Context, gate *rate.Limiter) error {
	turn := gate.Reserve()
	delay := turn.Delay()
	if delay <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		turn.Cancel()
		return ctx.Err()
	}
}

// unused tells that a target that was taken in hand has begun no connection.
func (p *pace) unused() {
	if p != nil {
		p.spare.Add(1)
	}
}

// rate is this worker's share of the ceiling, in connections a second; 0 is none.
func (c Config) rate() float64 {
	if c.Job == nil || c.Job.Rate == nil {
		return 0
	}
	return c.Job.Rate.Share()
}

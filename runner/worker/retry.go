package worker

import (
	"math/rand/v2"

	"scanmaster/runner/remote"
	"scanmaster/runner/result"
)

// hopeless are reasons that another try would make worse, or no better: keys that
// are refused again and again lock accounts, and a host key that is not the
// known one is somebody's to look at.
var hopeless = map[result.Reason]bool{
	result.ReasonInvalid: true, result.ReasonAuth: true, result.ReasonHostKey: true, result.ReasonDenied: true,
}

// worth is how many tries beyond the first a target is worth that failed like
// this; the reason counts before the class, and where neither is named a
// connection that was dropped before its banner, which says nothing about the
// target, is worth a few. Once the script was sent there are none: it may have
// run, and nobody has said that it may run twice.
func worth(retry map[string]int, came verdict, sent bool) int {
	if sent || hopeless[came.reason] {
		return 0
	}
	if n, ok := retry[string(came.reason)]; ok {
		return n
	}
	if n, ok := retry[string(came.class)]; ok || came.drop == nil {
		return n
	}
	return remote.DropTries
}

// retry is the job's; a classic master has no word for it.
func (c Config) retry() map[string]int {
	if c.Job != nil {
		return c.Job.Retry
	}
	return nil
}

// handBack gives the queue a target back that was in hand.
func (p *pipeline) handBack(t trial, came fate) {
	if came == aside {
		return
	}
	wait := remote.Pause(t.tries+1, rand.Float64())
	if t.dropped {
		p.queue.dropped(&t, wait)
	}
	if came == over {
		p.queue.done(t)
		return
	}
	t.tries++
	p.queue.again(t, wait)
}

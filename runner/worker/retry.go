package worker

import (
	"math/rand/v2"
	"time"

	"scanmaster/runner/result"
)

// The pause before another try: it doubles from firstPause with each try up to
// longestPause, and is up to a half shorter by chance, so that what failed
// together isn't tried again together.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// pause is that before the next try after so many; chance is 0 to 1.
func pause(tries int, chance float64) time.Duration {
	whole := longestPause
	if tries < 6 { // 2 to the 5th is over 30
		whole = min(firstPause<<(tries-1), longestPause)
	}
	return whole - time.Duration(chance*float64(whole/2))
}

// hopeless are reasons that another try would make worse, or no better: keys that
// are refused again and again lock accounts, and a host key that is not the
// known one is somebody's to look at.
var hopeless = map[result.Reason]bool{
	result.ReasonInvalid: true, result.ReasonAuth: true, result.ReasonHostKey: true, result.ReasonDenied: true,
}

// worth is how many tries beyond the first a target is worth that failed like
// this; the reason counts before the class. Once the script was sent there are
// none: it may have run, and nobody has said that it may run twice.
func worth(retry map[string]int, came verdict, sent bool) int {
	if sent || hopeless[came.reason] {
		return 0
	}
	if n, ok := retry[string(came.reason)]; ok {
		return n
	}
	return retry[string(came.class)]
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
	switch came {
	case over:
		p.queue.done(t)
	case again:
		t.tries++
		p.queue.again(t, pause(t.tries, rand.Float64()))
	case aside:
	}
}

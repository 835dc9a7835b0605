package forecast

import (
	"math"
	"time"
)

// pace is a rate in which what is older counts less: both what was done and the
// time that it took fade, so that it is right from the first look on. The zero
// value has seen nothing.
type pace struct{ done, seconds float64 }

// see takes in what was done in some time. A count that goes back, since a worker
// was lost with what it had not written down, counts as nothing done.
func (p *pace) see(done int64, took time.Duration) {
	if took <= 0 {
		return
	}
	fade := math.Exp2(-took.Seconds() / halfLife.Seconds())
	p.done = p.done*fade + float64(max(0, done))
	p.seconds = p.seconds*fade + took.Seconds()
}

// rate is what is done a second; 0 where nothing was seen.
func (p *pace) rate() float64 {
	if p.seconds == 0 {
		return 0
	}
	return p.done / p.seconds
}

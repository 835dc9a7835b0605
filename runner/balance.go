package runner

import (
	"slices"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
)

const (
	// pulse is the time between two looks at how fast the workers are while one
	// is idle, and as often as restful without.
	pulse   = time.Second
	restful = 5
	// paceWindow is how far back a worker's rate is measured: long enough to even
	// out targets that hang, short enough to see that it has become slower.
	// paceLeast is the least: in its first moments a worker only begins.
	paceWindow = 20 * time.Second
	paceLeast  = 2 * time.Second
	// minSaved is what must be won by splitting a chunk: it is about what it costs
	// until the worker has answered, the master has seen it, and another worker
	// has begun. How few lines are left doesn't matter beside that: what a worker
	// has taken in hand, a whole handful, it keeps anyway.
	minSaved = 3 * time.Second
	// askPatience is how long an answer is waited for before another worker is
	// asked, askAgain until the same one is.
	askPatience = 10 * time.Second
	askAgain    = time.Minute
)

// pace is how fast a worker is, as it was seen.
type pace struct{ seen []sighting }

// sighting is a worker's mark, and when it was seen, by the master's clock.
type sighting struct {
	at   time.Time
	mark job.ProgressMark
}

// see takes a mark in, unless it is the last one still.
func (p *pace) see(at time.Time, mark job.ProgressMark) {
	if n := len(p.seen); n > 0 && p.seen[n-1].mark.Beat == mark.Beat {
		return
	}
	p.seen = append(p.seen, sighting{at, mark})
	for len(p.seen) > 2 && at.Sub(p.seen[1].at) >= paceWindow {
		p.seen = p.seen[1:]
	}
}

// lives tells that the worker itself was heard of: the first mark may be one
// that another had left.
func (p *pace) lives() bool { return len(p.seen) > 1 }

// last is the last mark; the zero value where there is none.
func (p *pace) last() job.ProgressMark {
	if len(p.seen) == 0 {
		return job.ProgressMark{}
	}
	return p.seen[len(p.seen)-1].mark
}

// rate gives targets a second; 0 where it can't be told yet. A worker that did
// none may be about to do one.
func (p *pace) rate() float64 {
	if !p.lives() {
		return 0
	}
	first, last := p.seen[0], p.seen[len(p.seen)-1]
	took := last.at.Sub(first.at)
	if took < paceLeast {
		return 0
	}
	return float64(max(1, last.mark.Done-first.mark.Done)) / took.Seconds()
}

// lately is rate of a worker that has done some in that time; 0 of others.
func (p *pace) lately() float64 {
	if !p.lives() || p.last().Done <= p.seen[0].mark.Done {
		return 0
	}
	return p.rate()
}

// rate is how fast whoever finished a chunk just now was. Where it was quick,
// its start counts, too.
func (c *chunkRun) rate(now time.Time) float64 {
	if rate := c.pace.rate(); rate > 0 {
		return rate
	}
	if took := now.Sub(c.given); !c.given.IsZero() && took > 0 {
		return float64(c.lines) / took.Seconds()
	}
	return 0
}

// burden is what a worker has left that it has not taken in hand, what it has
// left in all, and how fast it is; a rate of 0 isn't known.
type burden struct {
	rest, all int64
	rate      float64
}

// left is how long takes what could be taken from it, in seconds.
func (b burden) left() float64 { return float64(b.rest) / b.rate }

// soon tells that the worker will be idle before another could relieve it.
func (b burden) soon() bool { return b.rate > 0 && float64(b.all)/b.rate < minSaved.Seconds() }

// relieve picks the burden that lasts longest, if it is worth sharing with those
// that are idle, or soon will be, whose rates are given, and says how many lines
// of it stay where they are, so that all end together; −1 where none is worth it.
func relieve(burdens []burden, idle []float64) (which int, keep int64) {
	which = -1
	for i, b := range burdens {
		if b.rate > 0 && (which < 0 || b.left() > burdens[which].left()) {
			which = i
		}
	}
	if which < 0 || len(idle) == 0 {
		return -1, 0
	}
	b := burdens[which]
	weights := append([]float64{b.rate}, guess(idle, b.rate)...)
	var all float64
	for _, w := range weights {
		all += w
	}
	keep = chunk.Weigh(b.rest, weights)[0]
	if keep == b.rest || b.left()-float64(b.rest)/all < minSaved.Seconds() {
		return -1, 0
	}
	return which, keep
}

// guess fills in the rates that aren't known: as that of the others, or, where
// none is known, as the one they are to be compared with.
func guess(rates []float64, otherwise float64) []float64 {
	sum, known := 0.0, 0
	for _, r := range rates {
		if r > 0 {
			sum += r
			known++
		}
	}
	if known > 0 {
		otherwise = sum / float64(known)
	}
	out := slices.Clone(rates)
	for i, r := range out {
		if r <= 0 {
			out[i] = otherwise
		}
	}
	return out
}

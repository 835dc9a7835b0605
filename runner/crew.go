package runner

import (
	"fmt"
	"slices"
	"time"

	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// hand is a live worker, and what it has to do.
type hand struct {
	worker plan.Worker
	at     station
	// chunk is what it works on; nil where it is free. last is what it was at
	// before; nil where it had none.
	chunk, last *chunkRun
	// losses counts the workers in a row that were lost there; out says why it
	// gets nothing more, and is empty where it may.
	losses int
	out    string
	// rate is how many targets it has done a second; 0 where that isn't known.
	rate float64
}

// isClassic tells that the workers there are of the classic suite.
func (h *hand) isClassic() bool {
	host, ok := h.at.(*away)
	return ok && host.classic
}

// mayTake tells that a chunk may go to a worker. What one of ours has begun, a
// classic one would begin anew.
func (h *hand) mayTake(c *chunkRun) bool { return !c.ours || !h.isClassic() }

// maxLosses is how many workers in a row may be lost on one host before it gets
// nothing more: the fault is more likely its own.
const maxLosses = 2

// gather makes the crew of the live workers.
func (r *run) gather() {
	for _, w := range r.live {
		r.crew = append(r.crew, &hand{worker: w, at: r.stations[w.Name]})
	}
}

// deal gives each worker that is free the next chunk that waits, and gives
// those that are to be started.
func (r *run) deal() []*chunkRun {
	var dealt []*chunkRun
	for _, h := range r.crew {
		if h.chunk != nil || h.out != "" || r.isFull() {
			continue
		}
		i := slices.IndexFunc(r.chunks, func(c *chunkRun) bool { return c.waits() && h.mayTake(c) && r.isOpen(c) })
		if i < 0 {
			continue
		}
		c := r.chunks[i]
		c.give(h)
		c.given = r.cfg.Now()
		c.starts++
		c.classic.Store(h.isClassic())
		c.ours = c.ours || !h.isClassic()
		dealt = append(dealt, c)
	}
	return dealt
}

// waits tells that nobody is at the chunk, and somebody should.
func (c *chunkRun) waits() bool { return !c.done && c.lost == "" && c.by == nil }

// give gives a chunk to a worker.
func (c *chunkRun) give(h *hand) {
	c.by, c.worker, h.chunk = h, h.worker, c
	c.given, c.pace, c.asked = time.Time{}, pace{}, time.Time{}
}

// free takes the chunk from its worker, who may have another one, and gives who
// that was; nil where nobody was at it.
func (c *chunkRun) free() *hand {
	h := c.by
	if h != nil {
		h.chunk, h.last = nil, c
	}
	c.by, c.post = nil, nil
	return h
}

// lose takes note that the worker of a chunk is lost. Another one goes on with
// the chunk, unless it has been lost too often.
func (r *run) lose(c *chunkRun, s plan.Wait, reason string) error {
	h := c.free()
	c.losses++
	if h.losses++; h.losses >= maxLosses && h.out == "" {
		h.out = fmt.Sprintf("%d workers in a row were lost there", h.losses)
	}
	switch {
	case s.OnWorkerLost == spec.LostFail, c.losses > s.Retries, c.classic.Load():
		c.lost = reason
	case !r.isLeftFor(c):
		c.lost = reason
	}
	err := r.journal.Add(journal.Entry{Kind: journal.KindLost, Chunk: c.name, Worker: c.worker.Name, Reason: reason})
	r.report(WorkerLost{Worker: c.worker.Name, Chunk: c.name, Reason: reason, Again: c.lost == ""})
	r.giveUp(reason)
	return err
}

// leave gives up a chunk that nobody may go on with, by no fault of who was to.
func (r *run) leave(c *chunkRun, reason string) error {
	c.free()
	c.lost = reason
	err := r.journal.Add(journal.Entry{Kind: journal.KindLost, Chunk: c.name, Worker: c.worker.Name, Reason: reason})
	r.report(WorkerLost{Worker: c.worker.Name, Chunk: c.name, Reason: reason})
	return err
}

// giveUp gives up all chunks that nobody is left for.
func (r *run) giveUp(reason string) {
	for _, c := range r.chunks {
		if c.waits() && !r.isLeftFor(c) {
			c.lost = "no worker is left for it: " + reason
		}
	}
}

// isLeftFor tells that there is a worker that may get the chunk, now or later.
func (r *run) isLeftFor(c *chunkRun) bool {
	return slices.ContainsFunc(r.crew, func(h *hand) bool { return h.out == "" && h.mayTake(c) })
}

// awaited counts the chunks that somebody is at, or should be.
func (r *run) awaited() int {
	n := 0
	for _, c := range r.chunks {
		if !c.done && c.lost == "" {
			n++
		}
	}
	return n
}

package runner

import (
	"cmp"
	"time"

	"scanmaster/runner/result"
)

// minQuiet is how long a worker may give no sign, at the least, before that is
// told: the master looks each few seconds, and a share may show what is written
// there later still.
const minQuiet = 10 * time.Second

// quietAfter is how long it is under a lease: until it is asked after.
func quietAfter(lease time.Duration) time.Duration { return max(minQuiet, lease/looksPerSilence) }

// crew gives a row a worker.
func (w *waiter) crew(now time.Time) []ChunkStatus {
	rows := make([]ChunkStatus, 0, len(w.run.crew))
	for _, h := range w.run.crew {
		rows = append(rows, w.row(h, now))
	}
	return rows
}

// row says how far a worker is with the chunk that it is at, or was last.
func (w *waiter) row(h *hand, now time.Time) ChunkStatus {
	c := h.chunk
	if c == nil {
		return w.idleRow(h)
	}
	s := w.far(c)
	s.Worker, s.Rate = h.worker.Name, c.pace.lately()
	if !c.pace.lives() {
		s.Rate = h.rate // it has just begun with another chunk
	}
	switch heard := c.heard(); {
	case c.post == nil:
		s.State = ChunkStarts
	case s.Lines > 0 && s.Done >= s.Lines:
		s.State = ChunkEnds
	case !heard.IsZero() && now.Sub(heard) >= quietAfter(w.run.plan.Lease):
		s.State = ChunkQuiet
	default:
		s.State = ChunkWorks
	}
	return s
}

// idleRow is row of a worker that has no chunk.
func (w *waiter) idleRow(h *hand) ChunkStatus {
	s, c := ChunkStatus{State: ChunkWaits}, h.last
	switch {
	case c == nil:
	case c.done && c.worker.Name == h.worker.Name:
		s = w.far(c)
		s.State = ChunkDone
	case c.lost != "" && c.worker.Name == h.worker.Name:
		s = w.far(c)
		s.State, s.Lost = ChunkLost, c.lost
	}
	if h.out != "" && s.State != ChunkDone {
		s.State, s.Lost = ChunkLost, cmp.Or(s.Lost, h.out)
	}
	s.Worker = h.worker.Name
	return s
}

// far tells how far a chunk is by what was read last.
func (w *waiter) far(c *chunkRun) ChunkStatus {
	s := ChunkStatus{Chunk: c.name, Lines: c.lines, Losses: c.losses}
	s.Tally.Counts = w.counts.last[c.name].Counts
	if c.done {
		s.Tally.Counts = c.tally.Counts
	}
	if !result.IsTally(s.Tally.Counts) {
		s.Tally.Counts = nil // no worker of ours writes such
	}
	s.Tally = s.Tally.Clone()
	s.Done = s.Tally.Total()
	return s
}

// heard is when the worker of a chunk gave its last sign, by the master's clock,
// or was to begin; zero where that isn't known, as of one of the classic suite.
func (c *chunkRun) heard() time.Time {
	if c.classic.Load() {
		return time.Time{}
	}
	if n := len(c.pace.seen); n > 0 {
		return c.pace.seen[n-1].at
	}
	return c.given
}

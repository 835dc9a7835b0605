package plan

import "scanmaster/runner/job"

// rate is the ceiling of new connections, shared out over those that would work if
// all can; nil where there is none.
func (c *compiler) rate() *job.Rate {
	if c.scan.Rate.IsZero() {
		return nil
	}
	workers := len(c.workers)
	if c.counted() {
		workers = int(min(int64(workers), c.facts.Targets))
	}
	return (&job.Rate{All: c.scan.Rate.PerSecond()}).Among(workers)
}

package plan

// Sample is how many of all targets are the canary's, the first ones; 0 where
// there is none, as where it would be the whole scan.
func (s Split) Sample(targets int64) int64 {
	if n := s.Canary.Of(targets); n < targets {
		return n
	}
	return 0
}

// chunks is how many chunks there will be at the most, and how many of them are
// the canary's.
func (c *compiler) chunks(s Split) (canary, all int) {
	workers := len(c.workers)
	rest := workers * c.scan.Chunks
	if !c.counted() {
		if canary = int(min(s.Canary.Count, int64(workers))); s.Canary.Share > 0 {
			canary = workers
		}
		return canary, canary + rest
	}
	sample := s.Sample(c.facts.Targets)
	canary = int(min(sample, int64(workers)))
	return canary, canary + int(min(c.facts.Targets-sample, int64(rest)))
}

package result

import (
	"fmt"
	"sync"
)

// Counted is which targets have an outcome, and how many have which. It is safe for
// concurrent use.
type Counted struct {
	mu    sync.Mutex
	seen  Seen
	tally Tally
}

// Has reports whether a target has its outcome.
func (c *Counted) Has(line int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen.Has(line)
}

// Tally counts the outcomes so far by their keys. It is a copy.
func (c *Counted) Tally() Tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tally.Clone()
}

// Add counts the outcome of a target. A line has one; a second is an error.
func (c *Counted) Add(line int64, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.seen.Add(line) {
		return fmt.Errorf("line %d has an outcome already", line)
	}
	c.tally.Add(key)
	return nil
}

package sweep

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"scanmaster/runner/chunk"
	"scanmaster/runner/result"
)

// Complaints says of each target that wasn't reached how far it was, and keeps
// nothing, as checkhosts -e does. It is safe for concurrent use.
type Complaints struct {
	// Say is told a line, which may hold anything. It is not called concurrently.
	Say func(line string)

	mu    sync.Mutex
	seen  result.Seen
	tally result.Tally
}

// Has reports whether a target has its outcome.
func (c *Complaints) Has(line int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen.Has(line)
}

// Tally counts the outcomes so far by their keys. It is a copy.
func (c *Complaints) Tally() result.Tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tally.Clone()
}

// Checked notes nothing.
func (c *Complaints) Checked(chunk.Target) error { return nil }

// Attempt notes nothing.
func (c *Complaints) Attempt(chunk.Target) error { return nil }

// AttemptSynced is an error: nothing is kept of what was tried.
func (c *Complaints) AttemptSynced(chunk.Target) error {
	return errors.New("nothing is kept of what was tried")
}

// complaints are those of the classic suite.
var complaints = map[result.Class]string{
	result.NoPing: "Ping error: ", result.NoSSHD: "sshd error: ", result.NoSSH: "ssh error: ",
}

// Outcome complains, where there is something to complain of.
func (c *Complaints) Outcome(o result.Outcome, t chunk.Target, _ io.Reader) (result.Outcome, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.seen.Add(t.Line) {
		return o, fmt.Errorf("line %d has an outcome already", t.Line)
	}
	c.tally.Add(o.Key())
	if of, bad := complaints[o.Class]; bad {
		c.Say(of + t.Text)
	}
	return o, nil
}

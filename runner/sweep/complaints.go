package sweep

import (
	"errors"
	"io"

	"scanmaster/runner/chunk"
	"scanmaster/runner/result"
)

// Complaints says of each target that wasn't reached how far it was, and keeps
// nothing, as checkhosts -e does. It is safe for concurrent use.
type Complaints struct {
	result.Counted
	// Say is told a line, which may hold anything, from several goroutines.
	Say func(line string)
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
	if err := c.Add(t.Line, o.Key()); err != nil {
		return o, err
	}
	if of, bad := complaints[o.Class]; bad {
		c.Say(of + t.Text)
	}
	return o, nil
}

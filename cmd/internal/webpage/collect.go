package webpage

import (
	"context"
	"errors"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/fold"
	"scanmaster/runner/past"
	"scanmaster/runner/result"
)

// collected is what is known of a run when all its targets were looked at once.
type collected struct {
	run  *past.Run
	most bounds
	rows *rows

	tally        result.Tally // what is missing counts, too
	groups       fold.Groups[first]
	connect, ran sample

	stderr      int // bytes that are held
	unread      int64
	unreadError error
	own         []string
}

// first is what is kept of a group's first target.
type first struct {
	host   string
	output past.Output
	stderr string
}

// What stands in the place of a reason where an output can't be read, as results has
// it.
const (
	outputGone    = "output-gone"
	outputChanged = "output-changed"
)

// take goes through all targets.
func (c *collected) take(ctx context.Context) error {
	for t, err := range c.run.All(ctx) {
		if err != nil {
			return err
		}
		if err := c.add(&t); err != nil {
			return err
		}
	}
	return nil
}

func (c *collected) add(t *past.Target) error {
	c.tally.Add(t.Key())
	if connected(t.Outcome.Phase) {
		c.connect.add(t.Outcome.ConnectMS)
	}
	if o := &t.Outcome; o.Phase == result.PhaseRun && (o.Class == result.OK || o.Class == result.Exit) {
		c.ran.add(o.RunMS) // of what a classic worker has left no phase is known, and no time
	}
	key := fold.Key{Class: t.Key(), Reason: t.Reason()}
	if t.Output.Is() {
		var err error
		if key.Sum, err = c.run.Digest(t.Output); err != nil {
			key.Reason = outputGone
			if errors.Is(err, past.ErrChanged) {
				key.Reason = outputChanged
			}
			if c.unread++; c.unread == 1 {
				c.unreadError = err
			}
		}
	}
	key.Reason = safe.Line(key.Reason, maxName) // once, for all places of the page
	host := named(t)
	group := c.groups.Add(key, host, first{host: host, output: t.Output})
	if group.Count == 1 {
		group.First.stderr = c.keep(t.Outcome.StderrTail)
	}
	return c.rows.add(t, host, group)
}

// keep holds the end of a standard error, as long as there is room for all of them.
func (c *collected) keep(stderr string) string {
	stderr = stderr[max(0, len(stderr)-c.most.errors):]
	if c.stderr+len(stderr) > c.most.outputs {
		return ""
	}
	c.stderr += len(stderr)
	return stderr
}

// connected tells that a target which ended in a phase had been connected to.
func connected(p result.Phase) bool {
	return p == result.PhaseBanner || p == result.PhaseAuth || p == result.PhaseRun
}

// named is what a target is called: its line where that names no host.
func named(t *past.Target) string {
	if t.Host == "" {
		return t.Text
	}
	return t.Host
}

package webpage

import (
	"context"

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

	stderr int   // bytes that are held
	unread int64 // outputs
	own    []string
}

// first is what is kept of a group's first target.
type first struct {
	host   string
	output past.Output
	stderr string
}

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
	key, err := c.run.FoldKey(*t)
	if err != nil {
		return err
	}
	if key.Reason == past.OutputGone || key.Reason == past.OutputChanged {
		c.unread++
	}
	key.Reason = safe.Line(key.Reason, maxName) // once, for all places of the page
	group := c.groups.Add(key, t.Host, first{host: t.Host, output: t.Output})
	if group.Count == 1 {
		group.First.stderr = c.keep(t.Outcome.StderrTail)
	}
	return c.rows.add(t, group)
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

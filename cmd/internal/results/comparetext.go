package results

import (
	"bufio"
	"context"
	"io"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/fold"
)

// Text writes how the runs differ: first how much, then each change with its hosts,
// and of outputs how they differ.
func (c *Comparison) Text(ctx context.Context, w io.Writer, v View) error {
	out := bufio.NewWriter(w)
	t := &text{run: c.to.run, out: out, View: v}
	t.line("scan %s", c.to.run.Name)
	t.line("  from      %s", when(c.from))
	t.line("  to        %s", when(c.to))
	t.line("")
	for _, change := range changes {
		if n := c.counts[change]; n > 0 {
			t.line("  %-22s%s", change, humanize.Comma(n))
		}
	}
	if c.still > 0 {
		t.line("  %-22s%s", "still unreachable", humanize.Comma(c.still))
	}
	if c.unread > 0 {
		t.line("  %-22s%s", "can't be compared", humanize.Comma(c.unread))
	}
	t.line("  %-22s%s", "same", humanize.Comma(c.same))
	for _, change := range changes {
		for i, g := range c.of(change) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if !v.All && i == maxGroups {
				t.restOf(c.of(change)[i:])
				break
			}
			if err := t.change(c, change, g); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// when says which run it is, when it began, and of how many targets.
func when(f *Folded) string {
	r := f.run
	began := ""
	if !r.Began.IsZero() {
		began = r.Began.Local().Format(time.DateTime)
	}
	unfinished := ""
	if !r.Over() {
		unfinished = "not finished"
	}
	targets := count(f.all, "target")
	if shown := f.tally.Total(); shown < f.all {
		targets = humanize.Comma(shown) + " of " + targets
	}
	return title("run "+r.ID, began, targets, unfinished)
}

// change writes one change, and how the outputs differ.
func (t *text) change(c *Comparison, change Change, g *fold.Group[pair]) error {
	p := g.First
	t.line("")
	t.line("%s", title(change.String()+": "+count(g.Count, "host"), p.String()))
	t.ranges(g.Hosts())
	if change != OutputChanged || !hasOutput(p.from) || !hasOutput(p.to) || p.from.Sum == p.to.Sum {
		if p.to != nil && !hasOutput(p.to) {
			t.hint(p.to)
		}
		return nil
	}
	lines, err := differ(c.from.run, p.from.First.output, c.to.run, p.to.First.output)
	if err != nil {
		return err
	}
	return t.difflines(lines)
}

// String says from what to what: what is the same is said once.
func (p pair) String() string {
	switch {
	case p.from == nil:
		return title(p.to.Class, p.to.Reason)
	case p.to == nil:
		return title(p.from.Class, p.from.Reason)
	}
	from, to := title(p.from.Class, p.from.Reason), title(p.to.Class, p.to.Reason)
	if from == to {
		return to
	}
	return from + " → " + to
}

func (t *text) restOf(groups []*fold.Group[pair]) {
	var hosts int64
	for _, g := range groups {
		hosts += g.Count
	}
	t.line("")
	t.line("… and %s on %s; --all shows them", count(int64(len(groups)), "more group"), count(hosts, "host"))
}

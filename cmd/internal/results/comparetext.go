package results

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
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
	return title("run "+r.ID, began, count(f.all, "target"), unfinished)
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

// The JSON lines of a comparison: one of the two runs, and one a change.
type (
	diffLine struct {
		Kind          string           `json:"kind"`
		FormatVersion int              `json:"format_version"`
		Name          string           `json:"name"`
		From          diffRun          `json:"from"`
		To            diffRun          `json:"to"`
		Same          int64            `json:"same"`
		Still         int64            `json:"still_unreachable"`
		Changes       map[Change]int64 `json:"changes"`
		Notes         []string         `json:"notes,omitempty"`
	}
	diffRun struct {
		Run      string    `json:"run"`
		Began    time.Time `json:"began,omitzero"`
		Finished bool      `json:"finished"`
		Targets  int64     `json:"targets"`
	}
	changeLine struct {
		Kind   string    `json:"kind"`
		Change Change    `json:"change"`
		Count  int64     `json:"count"`
		Hosts  string    `json:"hosts"`
		From   *diffSide `json:"from,omitempty"`
		To     *diffSide `json:"to,omitempty"`
		Diff   string    `json:"diff,omitempty"`
	}
	diffSide struct {
		Class  string `json:"class"`
		Reason string `json:"reason,omitempty"`
		SHA256 string `json:"sha256,omitempty"`
		Bytes  int64  `json:"bytes,omitempty"`
	}
)

// JSON writes how the runs differ as JSON lines: what is compared, and then each
// change, the biggest of a kind first.
func (c *Comparison) JSON(ctx context.Context, w io.Writer, raw bool) error {
	out := &jsonLines{out: bufio.NewWriter(w), raw: raw}
	out.add(diffLine{
		Kind: "diff", FormatVersion: FormatVersion, Name: c.to.run.Name, From: diffRunOf(c.from), To: diffRunOf(c.to),
		Same: c.same, Still: c.still, Changes: c.counts, Notes: c.Notes(),
	})
	for _, change := range changes {
		for _, g := range c.of(change) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			line, err := c.changeLine(change, g)
			if err != nil {
				return err
			}
			out.add(line)
		}
	}
	return out.flush()
}

func diffRunOf(f *Folded) diffRun {
	return diffRun{Run: f.run.ID, Began: f.run.Began.UTC(), Finished: f.run.Over(), Targets: f.all}
}

func (c *Comparison) changeLine(change Change, g *fold.Group[pair]) (changeLine, error) {
	p := g.First
	line := changeLine{
		Kind: "change", Change: change, Count: g.Count, Hosts: strings.Join(fold.Ranges(g.Hosts()), ","),
		From: sideOf(p.from), To: sideOf(p.to),
	}
	if change != OutputChanged || !hasOutput(p.from) || !hasOutput(p.to) {
		return line, nil
	}
	text, err := differ(c.from.run, p.from.First.output, c.to.run, p.to.First.output)
	if err != nil {
		return line, fmt.Errorf("comparing outputs: %w", err)
	}
	line.Diff = strings.ToValidUTF8(string(text), "\uFFFD")
	return line, nil
}

func sideOf(g *group) *diffSide {
	if g == nil {
		return nil
	}
	side := &diffSide{Class: g.Class, Reason: g.Reason}
	if hasOutput(g) {
		side.SHA256, side.Bytes = hex.EncodeToString(g.Sum[:]), g.First.output.Length
	}
	return side
}

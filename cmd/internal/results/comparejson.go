package results

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"scanmaster/runner/fold"
)

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
		Unread        int64            `json:"not_comparable"`
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
		Exit   *int   `json:"exit,omitempty"`
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
		Same: c.same, Still: c.still, Unread: c.unread, Changes: c.counts, Notes: c.Notes(),
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
	return diffRun{Run: f.run.ID, Began: f.run.Began.UTC(), Finished: f.run.Over(), Targets: f.tally.Total()}
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
	side := &diffSide{Reason: g.Reason}
	side.Class, side.Exit = classAndExit(g.Class)
	if hasOutput(g) {
		side.SHA256, side.Bytes = hex.EncodeToString(g.Sum[:]), g.First.output.Length
	}
	return side
}

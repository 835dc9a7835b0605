package webpage

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/fold"
)

// group is what has come of some targets: the same outcome, for the same reason, with
// the same output.
type group struct {
	Number, Rank        int
	Key, Colour, Reason string
	Count, Share, Peek  string
	// Hosts may be broken between its parts; MoreHosts tells that these are not all.
	Hosts            []string
	MoreHosts        bool
	HasOutput        bool
	Output           string
	Stderr, StderrOf string
	Notes            []string
}

// more counts the groups that are not shown.
type more struct{ Groups, Targets string }

// writeGroups writes the groups, the biggest first, as far as there is room, and
// gives the numbers of those that it has written.
func (c *collected) writeGroups(ctx context.Context, w *writer) (written []int) {
	all := c.groups.Sorted()
	room := c.most.outputs
	for i, g := range all {
		if i == c.most.groups {
			var left int64
			for _, g := range all[i:] {
				left += g.Count
			}
			w.piece("more", more{counted(int64(len(all)-i), "more group"), counted(left, "target")})
			break
		}
		if w.err != nil || ctx.Err() != nil {
			break
		}
		w.piece("group", c.group(g, i+1, &room))
		written = append(written, g.Number)
	}
	return written
}

func (c *collected) group(g *fold.Group[first], rank int, room *int) group {
	v := group{
		Number: g.Number, Rank: rank, Key: g.Class, Colour: colour(g.Class), Reason: g.Reason,
		Count: counted(g.Count, "target"), Share: share(g.Count, c.rows.count), HasOutput: g.First.output.Is(),
	}
	v.Hosts, v.MoreHosts = c.hosts(g)
	if v.HasOutput {
		text, err := c.read(g.First, min(*room, c.most.output))
		switch {
		case err != nil:
			v.Notes = append(v.Notes, "Its output can't be read: "+safe.Line(err.Error(), maxNote))
		case int64(len(text)) < g.First.output.Length:
			v.Notes = append(v.Notes, fmt.Sprintf("Only the first %s of %s are shown.",
				humanize.IBytes(uint64(len(text))), humanize.IBytes(uint64(g.First.output.Length)))) //nolint:gosec // a length
		}
		*room -= len(text)
		v.Output = shown(text)
	}
	if g.First.stderr != "" {
		v.Stderr, v.StderrOf = shown(g.First.stderr), safe.Line(g.First.host, maxHost)
	}
	v.Peek = peek(v.Output, v.Stderr)
	return v
}

// read reads an output as far as there is room.
func (c *collected) read(f first, room int) (string, error) {
	from, err := c.run.OpenOutput(f.output)
	if err != nil {
		return "", err
	}
	defer from.Close()
	data, err := io.ReadAll(io.LimitReader(from, int64(room)))
	return string(data), err
}

// hosts gives the names of a group's hosts in ranges, as far as there is room, in
// parts between which a line may end; more tells that these are not all.
func (c *collected) hosts(g *fold.Group[first]) (parts []string, more bool) {
	room := c.most.hosts
	for _, word := range fold.Ranges(g.Hosts()) {
		word = safe.Line(word, 0)
		for part := range strings.SplitAfterSeq(word+" ", ",") {
			if room -= len(part); room < 0 {
				return parts, true
			}
			parts = append(parts, part)
		}
	}
	return parts, false
}

// maxPeek is how much is seen of an output before its group is opened, in bytes.
const maxPeek = 120

// peek is the first line with anything in it.
func peek(texts ...string) string {
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(strings.ReplaceAll(line, "\t", " ")); line != "" {
				return safe.Line(line, maxPeek)
			}
		}
	}
	return ""
}

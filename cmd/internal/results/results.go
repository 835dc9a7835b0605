// Package results shows what has come of a run's targets: folded for people, as JSON
// lines and as CSV for programs, and as input lines; and how two runs differ. What
// targets have sent is escaped, unless it is asked for raw.
package results

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/fold"
	"scanmaster/runner/past"
	"scanmaster/runner/result"
)

// Filter says which targets are shown. The zero Filter shows all.
type Filter struct {
	// Only selects by outcome.
	Only past.Selection
	// Hosts are patterns of path.Match, one of which the host or the IP field has to
	// match; none is no condition.
	Hosts []string
}

// CheckHosts makes sure that patterns are some.
func CheckHosts(patterns []string) error {
	for _, p := range patterns {
		if _, err := path.Match(p, ""); err != nil {
			return fmt.Errorf("%q is no pattern: a bracket lacks its other half, or a backslash what it escapes", p)
		}
	}
	return nil
}

// Takes reports whether a target is shown.
func (f Filter) Takes(t past.Target) bool {
	return f.Only.Takes(t) && (len(f.Hosts) == 0 || slices.ContainsFunc(f.Hosts, func(pattern string) bool {
		return matches(pattern, t.Host) || matches(pattern, t.IP)
	}))
}

func matches(pattern, name string) bool {
	ok, _ := path.Match(pattern, name) // CheckHosts has looked
	return ok
}

// sample is what is kept of the first target of a group.
type sample struct {
	output past.Output
	host   string
	// hint is the end of its standard error, or what the connection ended with; raw.
	hint string
}

// maxHint is how much is kept of a hint, in bytes.
const maxHint = 200

// group is what has come of some targets that is the same of all.
type group = fold.Group[sample]

// Folded are the results of a run, put together. It holds the names of the hosts,
// and what is different.
type Folded struct {
	run    *past.Run
	groups fold.Groups[sample]
	// tally counts all that were taken, all counts all that there are.
	tally result.Tally
	all   int64
}

// Notes say what of the run is missing or can't be trusted; they may hold anything.
func (f *Folded) Notes() []string { return f.run.Notes() }

// Fold puts together what is the same. Each, where it isn't nil, hears of each
// target that is taken, in the order of the list.
func Fold(ctx context.Context, r *past.Run, filter Filter, each func(past.Target, *group) error) (*Folded, error) {
	f := &Folded{run: r}
	for t, err := range r.All(ctx) {
		if err != nil {
			return nil, err
		}
		f.all++
		if !filter.Takes(t) {
			continue
		}
		key, err := r.FoldKey(t)
		if err != nil {
			return nil, err
		}
		f.tally.Add(key.Class)
		g := f.groups.Add(key, t.Host, sample{output: t.Output, host: t.Host})
		if g.Count == 1 {
			g.First.hint = hint(t.Outcome)
		}
		if each != nil {
			if err := each(t, g); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

// hint is the last line of what the script wrote on its standard error, or the text
// of what kept it from running.
func hint(o result.Outcome) string {
	text := o.Detail
	if text == "" {
		text = strings.TrimRight(o.StderrTail, "\r\n")
		text = text[strings.LastIndexByte(text, '\n')+1:]
	}
	if len(text) <= maxHint {
		return strings.Clone(text) // of a record's line, no more is held
	}
	text = text[:maxHint-len(safe.Mark)]
	return text[:wholeRunes(text)] + safe.Mark
}

// hasOutput tells that all of a group have written the same.
func hasOutput(g *group) bool { return g.Sum != [sha256.Size]byte{} }

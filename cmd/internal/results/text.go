package results

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/fold"
	"scanmaster/runner/past"
	"scanmaster/runner/result"
)

// View says how text is shown.
type View struct {
	// Width is how many columns there are.
	Width int
	// All cuts nothing.
	All bool
	// Raw shows what targets have sent as it is.
	Raw bool
	// Diff shows how outputs differ from that of the most hosts, which alone is shown
	// whole.
	Diff bool
}

// What is shown where not all is.
const (
	maxGroups = 20
	maxLines  = 10 // of an output
	maxRanges = 3  // lines of hosts
)

// The beginnings of lines, so that none begins with what a target has sent.
const (
	indent      = "  "
	outputLine  = "  | "
	furtherLine = "  + " // what is still the same line of an output
)

// Text writes the results, folded: the biggest group first.
func (f *Folded) Text(ctx context.Context, w io.Writer, v View) error {
	out := bufio.NewWriter(w)
	t := &text{run: f.run, out: out, View: v}
	t.header(f)
	var majority *group
	for i, g := range f.groups.Sorted() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !v.All && i == maxGroups {
			t.rest(f, i)
			break
		}
		t.group(g)
		var err error
		switch {
		case v.Diff && majority == nil && hasOutput(g):
			majority = g
			err = t.output(g, 0)
		case v.Diff && hasOutput(g):
			err = t.difference(majority.First.output, g.First.output)
		case hasOutput(g):
			err = t.output(g, maxLines)
		default:
			t.hint(g)
		}
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// text writes text.
type text struct {
	View
	run *past.Run
	out *bufio.Writer
}

// line writes a line, escaped.
func (t *text) line(format string, args ...any) {
	t.put(strings.TrimRight(safe.Line(fmt.Sprintf(format, args...), 0), " "))
}

// put writes a line as it is. The writer remembers its first error, and Flush has it.
func (t *text) put(line string) { _, _ = t.out.WriteString(line + "\n") }

// header says which run it is, and what came of all.
func (t *text) header(f *Folded) {
	t.line("scan %s", runTitle(f.run))
	t.line("  outcomes  %s", counts(f.tally))
	if counted, missing, ok := f.run.Counted(); ok && f.all == 0 && f.run.Targets > 0 {
		counted = counted.Clone()
		if missing > 0 {
			counted.Merge(map[string]int64{past.Missing: missing})
		}
		t.line("  counted   %s, before they were moved away", counts(counted))
	}
	if shown := f.tally.Total(); shown < f.all {
		t.line("  shown     %s of %s targets", humanize.Comma(shown), humanize.Comma(f.all))
	}
}

// runTitle names a run, and how far it is.
func runTitle(r *past.Run) string {
	id := "run " + r.ID
	if r.Classic {
		id = "run of " + r.ID + " by a classic master"
	}
	how := "not finished"
	if r.Over() {
		how = "finished"
	}
	return strings.Join([]string{r.Name, id, how}, dots)
}

const dots = " · "

// counts says how many there are of each class.
func counts(tally result.Tally) string {
	var parts []string
	for _, key := range tally.Keys() {
		parts = append(parts, humanize.Comma(tally.Counts[key])+" "+key)
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// group writes what a group is, and its hosts.
func (t *text) group(g *group) {
	t.line("")
	t.line("%s", title(count(g.Count, "host"), g.Class, g.Reason))
	t.ranges(g.Hosts())
}

func title(parts ...string) string {
	var there []string
	for _, part := range parts {
		if part != "" {
			there = append(there, part)
		}
	}
	return strings.Join(there, dots)
}

// count gives a number with its noun.
func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return humanize.Comma(n) + " " + noun + "s"
}

// ranges writes hosts as ranges, over several lines. Each of them is escaped anew: a
// host may hold a comma, and what stands behind it begins a line then.
func (t *text) ranges(hosts []string) {
	words := safe.Line(strings.Join(fold.Ranges(hosts), ","), 0)
	most := maxRanges
	if t.All {
		most = 0
	}
	for _, line := range wrap(words, t.Width-len(indent), most) {
		t.line("%s%s", indent, line)
	}
}

// wrap parts a list of words behind commas, so that the lines are no wider than they
// may be where that can be. More than most lines are cut; 0 is no bound.
func wrap(list string, width, most int) []string {
	var lines []string
	for list != "" {
		end := fits(list, width)
		if most > 0 && len(lines) == most-1 && end < len(list) {
			end = fits(list, width-utf8.RuneCountInString(cutMark))
			return append(lines, list[:end]+cutMark)
		}
		lines = append(lines, list[:end])
		list = list[end:]
	}
	return lines
}

// cutMark stands where a list of hosts was cut.
const cutMark = "… (--all shows all)"

// fits is how much of a list fits a width: up to behind a comma, if it can be.
func fits(list string, width int) int {
	columns, comma := 0, 0
	for i, r := range list {
		if columns++; columns > width && comma > 0 {
			return comma
		}
		if r == ',' {
			comma = i + 1
		}
	}
	return len(list)
}

// hint says of one target what there is to say of those without an output.
func (t *text) hint(g *group) {
	t.example("e.g. "+g.First.host, g)
}

// example writes what there is to say of the first of a group.
func (t *text) example(what string, g *group) {
	if g.First.hint != "" {
		t.put(indent + t.fitted(what+": "+g.First.hint, len(indent)))
	}
}

// rest says how much isn't shown.
func (t *text) rest(f *Folded, shown int) {
	var hosts int64
	for _, g := range f.groups.Sorted()[shown:] {
		hosts += g.Count
	}
	t.line("")
	t.line("… and %s on %s; --all shows them", count(int64(f.groups.Len()-shown), "more group"), count(hosts, "host"))
}

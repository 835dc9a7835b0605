// Package webpage shows a run as one HTML page that stands by itself: it loads
// nothing, runs no script but its own, and takes what targets have sent for text.
package webpage

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/past"
)

// Options are what a run itself doesn't say.
type Options struct {
	// Now is when the page is made; it is shown there.
	Now time.Time
	// Version names the program; it is shown, too.
	Version string
}

// bounds are how much of a run is shown; the rest is counted.
type bounds struct {
	groups  int // folded groups
	outputs int // bytes of all outputs together
	output  int // bytes of one output
	errors  int // bytes of one standard error
	hosts   int // bytes of the names of one group's hosts
	detail  int // bytes of what is said of one target
	details int // bytes of what is said of all of them
}

var usual = bounds{
	groups: 1000, outputs: 16 << 20, output: 64 << 10, errors: 4 << 10, hosts: 4 << 10, detail: 200, details: 32 << 20,
}

// Write writes the page of a run, and gives how many targets it shows. The rows of
// its table are kept in a temporary file meanwhile; what is held besides is the names
// of the hosts, and little more for each different result.
func Write(ctx context.Context, w io.Writer, run *past.Run, o Options) (targets int64, err error) {
	return write(ctx, w, run, o, usual)
}

func write(ctx context.Context, w io.Writer, run *past.Run, o Options, most bounds) (targets int64, err error) {
	rows, err := newRows(most)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.close()) }()
	c := &collected{run: run, rows: rows, most: most}
	if err := c.take(ctx); err != nil {
		return 0, err
	}
	spans, err := run.Spans()
	if err != nil {
		c.note(err.Error())
	}
	out := &writer{to: w}
	out.piece("head", head{
		Assets:   assets,
		Facts:    newFacts(run, c.rows.count),
		Notes:    c.notes(),
		Outcomes: newOutcomes(c.tally),
		Timeline: newTimeline(spans, end(run, o.Now)),
		Times: []distribution{
			newDistribution("connect", "Time to connect", "from the start of the TCP connection until it stood", &c.connect),
			newDistribution("run", "Time to run", "of the script, where it ran to its end", &c.ran),
		},
		Folded: humanize.Comma(int64(c.groups.Len())),
	})
	shown := c.writeGroups(ctx, out)
	out.piece("table", tableHead{Rows: humanize.Comma(c.rows.count), Notes: c.rows.notes()})
	c.rows.writeTo(out, shown)
	out.piece("foot", foot{assets, "Made " + at(o.Now) + " by " + safe.Line(o.Version, maxNote)})
	if out.err == nil {
		out.err = context.Cause(ctx)
	}
	return c.rows.count, out.err
}

// end is where the time line ends: with the run, or now.
func end(run *past.Run, now time.Time) time.Time {
	if run.Over() {
		return run.Ended
	}
	return now
}

// head is what the page begins with.
type head struct {
	*Assets
	Facts    facts
	Notes    []string
	Outcomes outcomes
	Timeline timeline
	Times    []distribution
	Folded   string
}

// foot is what the page ends with.
type foot struct {
	*Assets
	Made string
}

// tableHead is what stands before the table's rows.
type tableHead struct {
	Rows  string
	Notes []string
}

// writer writes the pieces of a page, until one can't be written.
type writer struct {
	to  io.Writer
	err error
}

// piece writes a piece of the template.
func (w *writer) piece(name string, data any) {
	if w.err == nil {
		w.err = pieces.ExecuteTemplate(w.to, name, data)
	}
}

// raw writes what is ours, or is escaped already.
func (w *writer) raw(text string) {
	if w.err == nil {
		_, w.err = io.WriteString(w.to, text)
	}
}

// maxNote is how much of a note is shown, in bytes.
const maxNote = 500

func (c *collected) note(text string) { c.own = append(c.own, text) }

// notes are what the reader must know of what is missing.
func (c *collected) notes() []string {
	all := append(c.run.Notes(), c.own...)
	if c.unread > 0 {
		all = append(all, counted(c.unread, "output")+" can't be read.")
	}
	for i, note := range all {
		all[i] = safe.Line(note, maxNote)
	}
	return all
}

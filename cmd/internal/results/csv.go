package results

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/past"
)

// columns head the CSV.
var columns = []string{"line", "host", "ip", "class", "exit", "reason", "worker", "connect_ms", "run_ms", "output"}

// maxCell is how much of an output a cell takes unless it is raw, in bytes: more
// than that a spreadsheet cuts.
const maxCell = 32_000

// CSV writes a row a target, in the order of the list, each on a line of its own
// unless it is raw: a line of output ends in "\n" there, spelled out. It gives what
// of the run is missing, and how many outputs were cut.
func CSV(ctx context.Context, w io.Writer, r *past.Run, filter Filter, raw bool) ([]string, error) {
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return nil, err
	}
	rows := rows{run: r, raw: raw}
	for t, err := range r.All(ctx) {
		if err != nil {
			return nil, err
		}
		if !filter.Takes(t) {
			continue
		}
		row, err := rows.of(t)
		if err != nil {
			return nil, err
		}
		if err := out.Write(row); err != nil {
			return nil, err
		}
	}
	out.Flush()
	return append(r.Notes(), rows.notes()...), out.Error()
}

// rows makes rows of targets.
type rows struct {
	run *past.Run
	raw bool
	cut int64 // outputs
}

func (r *rows) of(t past.Target) ([]string, error) {
	o := t.Outcome
	output, reason, err := r.output(t)
	if err != nil {
		return nil, err
	}
	row := []string{
		strconv.FormatInt(t.Number, 10), t.Host, ipOf(t), classOf(t), "", reason, t.Chunk.Worker, "", "", output,
	}
	if hasExit(t) {
		row[4] = strconv.Itoa(o.Status)
	}
	if !o.Start.IsZero() {
		row[7], row[8] = strconv.FormatInt(o.ConnectMS, 10), strconv.FormatInt(o.RunMS, 10)
	}
	if r.raw {
		return row, nil
	}
	cut := false
	for i, cell := range row {
		row[i], cut = plainCell(cell)
	}
	if cut { // the last one, which alone may be so long
		r.cut++
	}
	return row, nil
}

// notes say what the rows lack.
func (r *rows) notes() []string {
	if r.cut == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s cut at %s bytes, which is what a cell holds; --raw cuts nothing",
		count(r.cut, "output"), humanize.Comma(maxCell))}
}

// ipOf is the IP field, empty where the line has but one.
func ipOf(t past.Target) string {
	if t.IP == t.Host {
		return ""
	}
	return t.IP
}

// classOf is the class alone: an exit status has a field of its own.
func classOf(t past.Target) string {
	if t.Lack != past.LackNone {
		return past.Missing
	}
	return string(t.Outcome.Class)
}

// output reads an output for a cell, and gives the reason with it.
func (r *rows) output(t past.Target) (output, reason string, err error) {
	if !t.Output.Is() {
		return "", t.Reason(), nil
	}
	most := t.Output.Length
	if !r.raw {
		most = min(most, maxCell)
	}
	in, err := r.run.OpenOutput(t.Output)
	var data []byte
	if err == nil {
		defer in.Close()
		data, err = io.ReadAll(io.LimitReader(in, most+1)) // to its end, where it is held against its sum
	}
	if err != nil {
		reason, err = r.run.Unreadable(t, err)
		return "", reason, err
	}
	return string(data), t.Reason(), nil
}

// formula is what a spreadsheet may take for the beginning of one, by OWASP's list: at
// the beginning of a cell, and behind a semicolon, where one that parts cells by these
// begins another, quoted or not.
var formula = regexp.MustCompile(`(^\pZ*|;[\pZ"]*)([-=+@－＝＋＠])`)

// plainCell is a cell that neither drives a terminal, nor starts a line of a log, nor
// is taken for a formula by a spreadsheet. It tells where that was cut.
func plainCell(cell string) (plain string, cut bool) {
	cell = formula.ReplaceAllString(safe.Line(cell, 0), "$1'$2")
	if len(cell) <= maxCell {
		return cell, false
	}
	return safe.Line(cell, maxCell), true
}

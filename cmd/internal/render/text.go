// Package render shows plans and problems: as text for people, made for a pull
// request, and as JSON for programs. All text is escaped.
package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/plan"
)

// Text writes a plan as text: first what a reviewer wants to know, then step
// by step with the exact commands; one worker in full and the others by what
// differs, or with all every one in full.
func Text(w io.Writer, p plan.Plan, all bool) error {
	t := &text{plan: p, all: all}
	t.header()
	t.line("")
	for i, step := range p.Steps {
		t.step(i+1, step)
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

// text is a plan's text under way.
type text struct {
	plan plan.Plan
	all  bool
	out  strings.Builder
}

// The columns where a header's values and a step's details start.
const (
	headerColumn = 12
	stepColumn   = 14
)

// line adds one line, escaped.
func (t *text) line(s string) { t.out.WriteString(strings.TrimRight(safe.Line(s, 0), " ") + "\n") }

// key adds a line of the header; without a value there is none.
func (t *text) key(name, value string) {
	if value != "" {
		t.line(pad("  "+name, headerColumn) + value)
	}
}

// more adds lines of details below a step's first one.
func (t *text) more(details ...string) {
	for _, d := range details {
		t.line(strings.Repeat(" ", stepColumn) + d)
	}
}

// pad fills a label up to a column, and always leaves a blank behind it.
func pad(label string, column int) string {
	return label + strings.Repeat(" ", max(1, column-utf8.RuneCountInString(label)))
}

// table pads all columns but the last to the width of their widest cell.
func table(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(safe.Line(cell, 0)))
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			cell = safe.Line(cell, 0)
			line.WriteString(cell)
			if j < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell)+2))
			}
		}
		lines[i] = line.String()
	}
	return lines
}

// count gives a number with its noun: "1 target", "30,140 targets".
func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return humanize.Comma(n) + " " + noun + "s"
}

// digest gives the first digits of a file's digest.
func digest(sha256 string) string {
	if sha256 == "" {
		return "made by the pre hook"
	}
	return fmt.Sprintf("sha256:%.8s", sha256)
}

// dots parts what stands on one line.
const dots = " · "

func join(parts ...string) string {
	var there []string
	for _, part := range parts {
		if part != "" {
			there = append(there, part)
		}
	}
	return strings.Join(there, dots)
}

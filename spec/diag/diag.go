// Package diag describes a problem in an input file: where it is, what is
// wrong, and how to mend it. Problems are collected, not thrown one at a time.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity tells a problem that stops the scan from one that is only said.
type Severity int

// The severities, worst first.
const (
	Error Severity = iota
	Warning
)

// String gives the word that stands in front of a problem.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MarshalText gives the word of String.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Pos is a place in a file. Line and Col count from 1; Col counts characters,
// not bytes. Zero means that the line, or the column, is not known.
type Pos struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
}

// String gives "file:line:col", as far as it is known.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
	}
}

// Diagnostic is one problem. Summary is one sentence without a final full
// stop; Hint, where there is one, says how to mend it. Both may hold text of
// the scan file and are escaped by whoever shows them.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Pos      Pos      `json:"pos"`
	Summary  string   `json:"summary"`
	Hint     string   `json:"hint,omitempty"`
}

// Error gives "file:line:col: summary (hint)".
func (d Diagnostic) Error() string {
	s := d.Pos.String() + ": "
	if d.Severity == Warning {
		s += "warning: "
	}
	s += d.Summary
	if d.Hint != "" {
		s += " (" + d.Hint + ")"
	}
	return s
}

// List is the problems of one file, or of several.
type List []Diagnostic

// Errorf adds a problem that stops the scan.
func (l *List) Errorf(pos Pos, hint, format string, args ...any) {
	*l = append(*l, Diagnostic{Severity: Error, Pos: pos, Summary: fmt.Sprintf(format, args...), Hint: hint})
}

// Warnf adds a problem that is only said.
func (l *List) Warnf(pos Pos, hint, format string, args ...any) {
	*l = append(*l, Diagnostic{Severity: Warning, Pos: pos, Summary: fmt.Sprintf(format, args...), Hint: hint})
}

// HasErrors reports whether any of the problems stops the scan.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sort orders the problems by place; problems of one place keep their order.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col))
	})
}

// Err gives the list as an error, or nil where nothing in it stops the scan.
func (l List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	return l
}

// Error gives the problems, a line each.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

package ci

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"scanmaster/cmd/internal/safe"
	"scanmaster/spec/diag"
)

// Problems has GitHub show the problems with a scan file where they are: in the
// pull request, beside the line. No more of a kind than it shows of a step.
func Problems(w io.Writer, problems diag.List) error {
	var out strings.Builder
	shown, more := make(map[level]int), make(map[level]int)
	for _, p := range problems {
		l := fault
		if p.Severity == diag.Warning {
			l = warning
		}
		if shown[l] == atOnce {
			more[l]++
			continue
		}
		shown[l]++
		out.WriteString(problem(l, p))
	}
	for _, l := range []level{fault, warning} {
		if more[l] > 0 {
			out.WriteString(command(l, "scan file", fmt.Sprintf("%d more of these are in the log", more[l]), ""))
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// problem gives the command for one problem, with its place.
func problem(l level, p diag.Diagnostic) string {
	place := "file=" + escapeProperty(safe.Line(p.Pos.File, maxText))
	if p.Pos.Line > 0 {
		place += ",line=" + strconv.Itoa(p.Pos.Line)
	}
	if p.Pos.Col > 0 {
		place += ",col=" + strconv.Itoa(p.Pos.Col)
	}
	said := safe.Line(p.Summary, maxText)
	if p.Hint != "" {
		said += "\nhint: " + safe.Line(p.Hint, maxText)
	}
	return "::" + string(l) + " " + place + "::" + escapeData(said) + "\n"
}

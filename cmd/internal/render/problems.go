package render

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"scanmaster/cmd/internal/safe"
	"scanmaster/spec/diag"
)

// maxQuoted bounds a quoted line, in bytes.
const maxQuoted = 200

// Problems writes problems, each as "file:line:col: summary", with the line that
// it is about, and the hint. Only lines of files that text has are quoted, which
// may be nil; never those of another file.
func Problems(w io.Writer, problems diag.List, text func(file string) []byte) error {
	var out strings.Builder
	for _, d := range problems {
		out.WriteString(problem(d))
		if text != nil {
			out.WriteString(quoted(text(d.Pos.File), d.Pos))
		}
		if d.Hint != "" {
			out.WriteString("  hint: " + safe.Line(d.Hint, 0) + "\n")
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func problem(d diag.Diagnostic) string {
	word := ""
	if d.Severity == diag.Warning {
		word = "warning: "
	}
	return Path(d.Pos.String()) + ": " + word + safe.Line(d.Summary, 0) + "\n"
}

// Path gives a path so that it can begin a line of a CI log, where a file
// could be named like a command of the CI system.
func Path(path string) string {
	if r, _ := utf8.DecodeRuneInString(path); !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._~-", r) {
		path = "./" + path
	}
	return safe.Line(path, 0)
}

// quoted gives a line of the source with a caret below the column.
func quoted(source []byte, pos diag.Pos) string {
	text, ok := nth(source, pos.Line)
	if !ok || strings.TrimSpace(text) == "" {
		return ""
	}
	const margin = "  | "
	out := margin + safe.Line(text, maxQuoted) + "\n"
	if pos.Col < 1 {
		return out
	}
	before := []rune(text)
	before = before[:min(pos.Col-1, len(before))]
	shown := safe.Line(string(before), 0)
	if len(shown) >= maxQuoted {
		return out
	}
	return out + margin + strings.Repeat(" ", utf8.RuneCountInString(shown)) + "^\n"
}

// nth gives a line of the source by its number, from 1.
func nth(source []byte, n int) (string, bool) {
	if n < 1 {
		return "", false
	}
	for line := range bytes.Lines(source) {
		if n--; n == 0 {
			return string(bytes.TrimRight(line, "\r\n")), true
		}
	}
	return "", false
}

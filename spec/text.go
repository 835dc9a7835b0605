package spec

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"scanmaster/spec/diag"
)

// maxTextProblems bounds how many unreadable lines are told of.
const maxTextProblems = 10

// utf16 is told once: each of its lines would have a problem.
const utf16 = "the text is UTF-16"

// checkText looks for what no scan file may hold, before YAML is thought of:
// YAML's own reader tells of neither line nor column. One problem a line.
//
// Besides \n and \r\n YAML takes other characters for the end of a line, and
// terminals and reviewers don't: a key could hide behind them. They are
// refused, as are those that turn the direction of the text round.
func checkText(file string, data []byte) diag.List {
	var problems diag.List
	if len(data) > MaxFile {
		problems.Errorf(diag.Pos{File: file}, "targets and workers can be listed in files of their own",
			"the file is over %d MiB", MaxFile>>20)
		return problems
	}
	line, col, told := 1, 0, 0
	for i := 0; i < len(data) && len(problems) < maxTextProblems; {
		r, width := utf8.DecodeRune(data[i:])
		col++
		if r == '\n' {
			line, col = line+1, 0
		} else if what, hint := unreadable(r, width, data[i:], i == 0); what != "" && line != told {
			problems.Errorf(diag.Pos{File: file, Line: line, Col: col}, hint, "%s", what)
			told = line
			if what == utf16 {
				return problems
			}
		}
		i += width
	}
	return problems
}

// unreadable says what is wrong with the character that rest begins with.
func unreadable(r rune, width int, rest []byte, first bool) (what, hint string) {
	switch {
	case r == utf8.RuneError && width == 1:
		if first && len(rest) > 1 && (rest[1] == 0xFE || rest[1] == 0xFF) {
			return utf16, "save it as UTF-8"
		}
		return fmt.Sprintf("the byte %#02x is no UTF-8", rest[0]), "save the file as UTF-8"
	case r == '\r' && (len(rest) < 2 || rest[1] != '\n'):
		return "a carriage return stands alone", `end lines with \n or \r\n`
	case r == '\t' || r == '\r' || r == '\uFEFF' && first:
		return "", ""
	case r == 0:
		return "the text holds a NUL byte", ""
	case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\uFEFF', r == '\uFFFE', r == '\uFFFF':
		return fmt.Sprintf("the text holds the control character %U", r), ""
	case unicode.Is(unicode.Bidi_Control, r):
		return fmt.Sprintf("the text holds %U, which turns its direction round", r), ""
	}
	return "", ""
}

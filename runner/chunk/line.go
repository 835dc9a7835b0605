package chunk

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLine is the longest line of a list, in bytes, without its end and with
// runs of blanks made one.
const MaxLine = 4096

// kept is how much of a line that is too long is kept, in bytes: so much that
// it is too long wherever it is read again, whether or not it ends in a blank.
const kept = MaxLine + 2

// bom begins files that some editors write, and stands in the middle where
// such files are joined, more than once where some of them were empty.
var bom = []byte("\ufeff")

// LineError tells that a line names no target that may be scanned.
type LineError struct {
	// Line is the physical line, from 1; 0 where it isn't known.
	Line int64
	// Reason says what is wrong and how to mend it, without what is there: the
	// list may be a file that isn't for everybody's eyes.
	Reason string
}

// Error gives the line and the reason.
func (e *LineError) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// ParseLine reads one line, with or without its end. It gives false for
// comments and blank lines. Blanks are spaces and tabs. The error is always a
// *LineError; the target is filled all the same, so that it can be sorted and
// shown, but nothing may be connected to it.
func ParseLine(line []byte) (Target, bool, error) {
	t, ok, reason := parse(line)
	if reason != "" {
		return t, ok, &LineError{Reason: reason}
	}
	return t, ok, nil
}

// parse is ParseLine with the reason of its error, empty where there is none.
func parse(line []byte) (t Target, ok bool, reason string) {
	line = trim(line)
	if len(line) == 0 || line[0] == '#' {
		return Target{}, false, ""
	}
	if bytes.IndexByte(line, '\t') >= 0 || bytes.Contains(line, []byte("  ")) {
		line = squeeze(make([]byte, 0, min(len(line), kept)), line, kept)
	}
	t.Text = string(line[:min(len(line), kept)])
	t.Host, t.IP = t.Text, t.Text
	if i := bytes.IndexByte(line, ' '); i >= 0 && i < len(t.Text) {
		t.Host, t.IP = t.Text[:i], t.Text[bytes.LastIndexByte(line[:len(t.Text)], ' ')+1:]
	}
	if len(line) > MaxLine {
		return t, true, reasonTooLong
	}
	if strings.Contains(t.Text, " #") {
		return t, true, reasonComment
	}
	if reason = judgeText(t.Text); reason == "" {
		reason = judgeField(t.Host)
	}
	if reason == "" && t.IP != t.Host {
		reason = judgeField(t.IP)
	}
	return t, true, reason
}

// trim takes off what stands around a line: byte order marks, its end, blanks.
func trim(line []byte) []byte {
	line = lead(line)
	line = bytes.TrimSuffix(line, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	return bytes.Trim(line, " \t")
}

// lead takes off the blanks and all the byte order marks before a line. One that
// was left would be taken off, unseen, where what was written is read again: a
// bad line would have become another, good one.
func lead(line []byte) []byte {
	for {
		rest := bytes.TrimPrefix(bytes.TrimLeft(line, " \t"), bom)
		if len(rest) == len(line) {
			return line
		}
		line = rest
	}
}

// squeeze appends a part of a line with each run of blanks made one space, and
// appends nothing over a length of most bytes.
func squeeze(to, part []byte, most int) []byte {
	for _, c := range part {
		if len(to) >= most {
			return to
		}
		if c == '\t' {
			c = ' '
		}
		if c != ' ' || len(to) == 0 || to[len(to)-1] != ' ' {
			to = append(to, c)
		}
	}
	return to
}

// judgeText looks for what may stand nowhere in a line.
func judgeText(text string) string {
	plain := true
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return ""
	}
	if !utf8.ValidString(text) {
		return reasonUTF8
	}
	for _, r := range text {
		if unicode.IsControl(r) {
			return reasonControl
		}
	}
	return ""
}

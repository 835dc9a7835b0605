// Package autopw runs a command on a terminal of its own and answers what it
// prompts for, so that a secret is typed once.
package autopw

import (
	"bytes"
	"regexp"
)

// kind is what a prompt asks for.
type kind int

const (
	nothing kind = iota
	password
	passphrase
	yes    // the word
	letter // y
)

// prompts are what the classic suite's autopw answers. Each ends the line: what
// only mentions a password asks for none.
var prompts = []struct {
	kind
	*regexp.Regexp
}{
	{password, regexp.MustCompile(`assword: *$`)},
	{passphrase, regexp.MustCompile(`(Enter passphrase for .*|Bad passphrase, try again.*|Enter PEM pass phrase|Enter passphrase): *$`)},
	{yes, regexp.MustCompile(`\(yes/no(/\[fingerprint\])?\)\? *$`)},
	{letter, regexp.MustCompile(`(y,n,\(y/n\)\?|\?,\?\?,q\]?\??) *$`)},
}

// refusal is what programs say of an answer that was wrong.
var refusal = regexp.MustCompile(`(?i)denied|try again|incorrect|wrong|sorry|bad pass|invalid`)

const (
	// longest is how much of a line is looked at, in bytes: its end.
	longest = 1 << 10
	// recent is how much of what was said since the last answer is looked at.
	recent = 4 << 10
)

// screen is what the command has shown.
type screen struct {
	line  []byte // the last line, so far
	since []byte // since the last answer
}

// add takes in what the command has shown.
func (s *screen) add(text []byte) {
	s.since = tail(append(s.since, text...), recent)
	if end := bytes.LastIndexAny(text, "\r\n"); end >= 0 {
		s.line, text = s.line[:0], text[end+1:]
	}
	s.line = tail(append(s.line, text...), longest)
}

func tail(text []byte, most int) []byte { return text[max(0, len(text)-most):] }

// prompt tells what the last line asks for.
func (s *screen) prompt() kind {
	for _, p := range prompts {
		if p.Match(s.line) {
			return p.kind
		}
	}
	return nothing
}

// refused tells that the last answer was wrong.
func (s *screen) refused() bool { return refusal.Match(s.since) }

// answered forgets what led to a prompt.
func (s *screen) answered() { s.line, s.since = s.line[:0], s.since[:0] }

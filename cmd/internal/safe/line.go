// Package safe shows hostile text: what targets, workers and hooks have sent,
// and the names in files, so that it can neither drive a terminal nor start a
// line of a log.
package safe

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark stands where text was cut.
const Mark = "…"

// Line gives s as one line of printable text: control characters, what changes
// the direction of writing, what can't be seen, and bytes that are no UTF-8
// become visible escapes such as \n, \x1b, \u202e or \xff, and so does the
// second "#" of what CI systems take for a command anywhere in a line, such as
// "##[error]" or "##vso[", and the first ":" of what GitHub takes for one behind
// nothing but blanks, such as "::error::". A backslash stays as it is. A result
// over limit bytes is cut between characters and ends with Mark; limit 0 means
// no bound, and one below the length of Mark gives nothing.
func Line(s string, limit int) string {
	var out strings.Builder
	fits := 0 // how much of out leaves room for the mark
	if blanks := leading.FindStringSubmatch(s); blanks != nil {
		s = blanks[1] + colon + s[len(blanks[1])+1:]
	}
	for len(s) > 0 {
		shown, size := next(s)
		out.WriteString(shown)
		s = s[size:]
		if limit <= 0 {
			continue
		}
		if out.Len() > limit {
			return cut(out.String(), fits, limit)
		}
		if out.Len()+len(Mark) <= limit {
			fits = out.Len()
		}
	}
	return out.String()
}

func cut(s string, fits, limit int) string {
	if limit < len(Mark) {
		return ""
	}
	return s[:fits] + Mark
}

// next gives how the first character of s is shown, and its length in s. Two
// are one where they begin a command of a CI system.
func next(s string) (string, int) {
	if s[0] == '#' && command.MatchString(s) {
		return `#\x23`, len("##")
	}
	r, size := utf8.DecodeRuneInString(s)
	return visible(r, s[:size]), size
}

// command is one of Azure Pipelines, which older runners of GitHub know, too.
var command = regexp.MustCompile(`^##[A-Za-z]*\[`)

// leading is a command of GitHub, which its runner looks for behind all that
// .NET takes for blanks. No name of one has only letters that a hexadecimal digit
// is written with, so that "::1" and "::ffff:10.0.0.1" stay addresses.
var leading = regexp.MustCompile(`^(\pZ*)::[A-Za-z-]*[G-Zg-z-]`)

// colon is how the first one of a command is shown.
const colon = `\x3a`

// visible gives a character as it may be shown; raw is what it was read from.
func visible(r rune, raw string) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x20 || r == 0x7f:
		return fmt.Sprintf(`\x%02x`, r)
	case hidden(r) && r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	case hidden(r):
		return fmt.Sprintf(`\u%04x`, r)
	}
	return raw
}

// hidden tells the characters that can't be seen or that change how others are
// shown: C1 controls, marks of direction, joiners, separators, variation
// selectors and the like.
func hidden(r rune) bool {
	switch {
	case r < 0x80, r == utf8.RuneError:
		return false
	case unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return true
	}
	// unicode.IsPrint takes no blank but U+0020; those of a width are harmless.
	return !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r)
}

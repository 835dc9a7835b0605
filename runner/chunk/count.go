package chunk

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Counts is what is in a list.
type Counts struct {
	// Targets counts what is to be scanned, Excluded what is never scanned, and
	// Others what isn't chosen. Bad lines are in none of them.
	Targets, Excluded, Others int64
	// Lines counts the physical lines, comments and blank ones too.
	Lines int64
}

// maxErrors is how many bad lines are named.
const maxErrors = 20

// LineErrors are the bad lines of a list: the first of them, and how many more.
type LineErrors struct {
	Errors []*LineError
	More   int
}

// Error gives a line for each.
func (e *LineErrors) Error() string {
	lines := make([]string, 0, len(e.Errors)+1)
	for _, bad := range e.Errors {
		lines = append(lines, bad.Error())
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", e.More))
	}
	return strings.Join(lines, "\n")
}

// add takes the error of a line.
func (e *LineErrors) add(bad *LineError) {
	if len(e.Errors) < maxErrors {
		e.Errors = append(e.Errors, bad)
	} else {
		e.More++
	}
}

// addAll takes the errors of a part of a list that follows on so many lines.
func (e *LineErrors) addAll(part LineErrors, lines int64) {
	for _, bad := range part.Errors {
		bad.Line += lines
		e.add(bad)
	}
	e.More += part.More
}

// Count reads a list to its end. Where lines are bad the error is a
// *LineErrors and the counts are those of the others; with any other error
// there are no counts. It tidies parts of the list side by side.
func Count(r io.Reader, choice Choice) (Counts, error) {
	var c Counts
	var bad LineErrors
	list := readSheets(r, choice)
	defer list.close()
	for {
		s, err := list.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Counts{}, err
		}
		bad.addAll(s.bad, c.Lines)
		c.Targets += s.targets
		c.Excluded += s.excluded
		c.Others += s.others
		c.Lines += s.lines
		list.done(s)
	}
	if len(bad.Errors) > 0 {
		return c, &bad
	}
	return c, nil
}

package chunk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Counts is what is in a list.
type Counts struct {
	// Targets counts what is to be scanned, Excluded what is left out. Bad
	// lines are in neither.
	Targets, Excluded int64
	// Lines counts the physical lines, comments and blank ones too.
	Lines int64
	// SHA256 is the digest of all bytes, as hexadecimal digits.
	SHA256 string
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

// add takes the error of a line, and tells whether it was one.
func (e *LineErrors) add(err error) bool {
	bad := new(LineError)
	if !errors.As(err, &bad) {
		return false
	}
	if len(e.Errors) < maxErrors {
		e.Errors = append(e.Errors, bad)
	} else {
		e.More++
	}
	return true
}

// Count reads a list to its end. Where lines are bad the error is a
// *LineErrors and the counts are those of the others; with any other error
// there are no counts.
func Count(r io.Reader, x *Exclude) (Counts, error) {
	var c Counts
	var bad LineErrors
	digest := sha256.New()
	list := NewReader(io.TeeReader(r, digest))
	for {
		t, err := list.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		switch {
		case err != nil:
			if !bad.add(err) {
				return Counts{}, err
			}
		case x.Has(t):
			c.Excluded++
		default:
			c.Targets++
		}
	}
	c.Lines = list.Lines()
	c.SHA256 = hex.EncodeToString(digest.Sum(nil))
	if len(bad.Errors) > 0 {
		return c, &bad
	}
	return c, nil
}

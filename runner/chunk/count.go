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
	// Targets counts what is to be scanned, Excluded what is left out.
	Targets, Excluded int64
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

// Count reads a list to its end. Where lines are bad the error is a
// *LineErrors and the counts are those of the others.
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
		wrong := new(LineError)
		switch {
		case errors.As(err, &wrong):
			if len(bad.Errors) < maxErrors {
				bad.Errors = append(bad.Errors, wrong)
			} else {
				bad.More++
			}
		case err != nil:
			return Counts{}, err
		case x.Has(t):
			c.Excluded++
		default:
			c.Targets++
		}
	}
	c.SHA256 = hex.EncodeToString(digest.Sum(nil))
	if len(bad.Errors) > 0 {
		return c, &bad
	}
	return c, nil
}

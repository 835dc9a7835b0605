package results

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"scanmaster/runner/past"
)

// maxCompared is how much of an output is compared line by line, in bytes.
const maxCompared = 1 << 20

// maxDifference is how many lines of a difference are shown where not all are.
const maxDifference = 40

// difference writes how one output differs from another.
func (t *text) difference(from, to past.Output) error {
	lines, err := differ(t.run, from, t.run, to)
	if err != nil {
		return err
	}
	return t.difflines(lines)
}

func (t *text) difflines(lines []byte) error {
	if lines == nil {
		t.line("%sthe outputs are too long to be compared line by line", indent)
		return nil
	}
	most := maxDifference
	if t.All {
		most = 0
	}
	return t.lines(bytes.NewReader(lines), most)
}

// differ gives the unified difference of two outputs, without its heading; nil where
// they are too long.
func differ(a *past.Run, from past.Output, b *past.Run, to past.Output) ([]byte, error) {
	if from.Length > maxCompared || to.Length > maxCompared {
		return nil, nil
	}
	before, errBefore := whole(a, from)
	after, errAfter := whole(b, to)
	if err := errors.Join(errBefore, errAfter); err != nil {
		return nil, err
	}
	lines := string(diff.Diff("a", before, "b", after))
	for range 3 { // diff a b, --- a, +++ b
		_, lines, _ = strings.Cut(lines, "\n")
	}
	return []byte(lines), nil
}

// whole reads an output, and ends its last line.
func whole(r *past.Run, o past.Output) ([]byte, error) {
	in, err := r.OpenOutput(o)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err == nil && len(data) > 0 {
		data = append(data, '\n')
	}
	return data, err
}

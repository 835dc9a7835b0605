package chunk

import (
	"bufio"
	"errors"
	"io"
)

// Reader reads the targets of a list, one at a time. It holds one line, and of
// a line that is too long its beginning.
type Reader struct {
	in       *bufio.Reader
	long     []byte
	physical int64
	targets  int64
}

// NewReader reads from r, through a buffer of its own. Whoever opened r closes
// it.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 64<<10)}
}

// IsLineError tells that an error belongs to a line, and reading goes on after it.
func IsLineError(err error) bool {
	bad := new(LineError)
	return errors.As(err, &bad)
}

// CountAll reads to the end, and counts all targets that are left, those of bad lines
// too.
func (r *Reader) CountAll() (n int64, err error) {
	for {
		switch _, err := r.Next(); {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil && !IsLineError(err):
			return 0, err
		}
		n++
	}
}

// Lines counts the physical lines read so far, comments and blank ones too.
func (r *Reader) Lines() int64 { return r.physical }

// Next gives the next target, and io.EOF after the last. A *LineError belongs
// to the target that comes with it, as ParseLine has it; reading goes on after
// it. Any other error is the list's.
func (r *Reader) Next() (Target, error) {
	for {
		line, err := r.line()
		if err != nil {
			return Target{}, err
		}
		r.physical++
		t, ok, reason := parse(line)
		if !ok {
			continue
		}
		r.targets++
		t.Line = r.targets
		if reason != "" {
			return t, &LineError{Line: r.physical, Reason: reason}
		}
		return t, nil
	}
}

// line gives the next line, which is good until it is called again. Half a
// line before an error is none: it could be another target's name.
func (r *Reader) line() ([]byte, error) {
	part, err := r.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		part, err = r.rest(part)
	}
	if err == nil || errors.Is(err, io.EOF) && len(part) > 0 {
		return part, nil
	}
	return nil, err
}

// rest reads a line to its end that doesn't fit the buffer. Runs of blanks are
// made one on the way, so that what stands behind them isn't missed. One stands
// before the rest: a line of nothing but blanks is one, too.
func (r *Reader) rest(part []byte) ([]byte, error) {
	r.long = append(r.long[:0], ' ')
	for err := bufio.ErrBufferFull; ; part, err = r.in.ReadSlice('\n') {
		if len(r.long) == len(" ") {
			part = lead(part)
		}
		r.long = squeeze(r.long, part, kept+len(" \r\n"))
		if !errors.Is(err, bufio.ErrBufferFull) {
			return r.long, err
		}
	}
}

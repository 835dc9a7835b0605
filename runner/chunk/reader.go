package chunk

import (
	"bufio"
	"errors"
	"io"
)

// Reader reads the targets of a list, one at a time.
type Reader struct {
	in       *bufio.Reader
	physical int64
	targets  int64
}

// NewReader reads from r, through a buffer of its own.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 64<<10)}
}

// Next gives the next target, and io.EOF after the last. A *LineError belongs
// to the target that comes with it; reading goes on after it.
func (r *Reader) Next() (Target, error) {
	for {
		line, tooLong, err := r.line()
		if len(line) == 0 && err != nil {
			return Target{}, err
		}
		r.physical++
		t, ok, bad := ParseLine(line)
		if !ok {
			continue
		}
		r.targets++
		t.Line = r.targets
		if tooLong {
			bad = &LineError{Reason: "it is too long"}
		}
		if wrong := new(LineError); errors.As(bad, &wrong) {
			wrong.Line = r.physical
			return t, wrong
		}
		return t, nil
	}
}

// line gives the next line; of one that doesn't fit the buffer the beginning.
func (r *Reader) line() (line []byte, tooLong bool, err error) {
	line, err = r.in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, false, eof(line, err)
	}
	line = append([]byte(nil), line[:MaxLine]...)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = r.in.ReadSlice('\n')
	}
	return line, true, eof(line, err)
}

// eof lets a last line without an end be a line.
func eof(line []byte, err error) error {
	if errors.Is(err, io.EOF) && len(line) > 0 {
		return nil
	}
	return err
}

package result

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
)

// TornError tells where a record stops being whole, as it does after a crash,
// or while its writer is at it. All before Offset is whole.
type TornError struct {
	// Offset in the record, in bytes.
	Offset int64
	// Reason says what is wrong there.
	Reason string
}

// Error says where and what.
func (e *TornError) Error() string {
	return fmt.Sprintf("torn at byte %d: %s", e.Offset, e.Reason)
}

// Read gives the lines of a record one after another. It ends at the first
// that is not whole, with a *TornError. Any other error is r's own, or tells of
// a whole line that this version can't read. It holds one line at a time.
func Read(r io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		in := &reader{r: bufio.NewReaderSize(r, 64<<10)}
		for {
			entry, err := in.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(entry, err) || err != nil {
				return
			}
		}
	}
}

type reader struct {
	r      *bufio.Reader
	offset int64
	line   []byte
}

// next gives io.EOF at the clean end of the record.
func (in *reader) next() (Entry, error) {
	head, err := in.r.Peek(len(frameHead))
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return Entry{}, err
	case len(head) == 0:
		return Entry{}, io.EOF
	case err != nil:
		return Entry{}, in.torn("cut off")
	}
	size, kind, ok := parseHead(head)
	if !ok {
		return Entry{}, in.torn("no line begins here")
	}
	if cap(in.line) < size {
		in.line = make([]byte, size, size+size/2)
	}
	in.line = in.line[:size]
	_, err = io.ReadFull(in.r, in.line)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Entry{}, in.torn("cut off")
	case err != nil:
		return Entry{}, err
	case !wholeTail(in.line):
		return Entry{}, in.torn("checksum doesn't match")
	}
	entry := Entry{Kind: kind, Offset: in.offset, Length: int64(size)}
	// What is whole and still can't be read was not torn: another version, or
	// not this program, wrote it.
	if err := entry.decode(in.line); err != nil {
		return Entry{}, fmt.Errorf("line at byte %d: %w", in.offset, err)
	}
	in.offset += int64(size)
	return entry, nil
}

func (in *reader) torn(reason string) error { return &TornError{Offset: in.offset, Reason: reason} }

// parseHead reads the frame's beginning.
func parseHead(head []byte) (size int, kind Kind, ok bool) {
	for _, c := range head[lenAt : lenAt+lenDigits] {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		size = size*10 + int(c-'0')
	}
	const middle = `","k":"`
	ok = string(head[:lenAt]) == frameHead[:lenAt] &&
		string(head[lenAt+lenDigits:kindAt]) == middle && head[kindAt+1] == '"' &&
		size > frameBytes && size <= maxRecord
	return size, Kind(head[kindAt]), ok
}

// wholeTail checks the frame's end.
func wholeTail(line []byte) bool {
	body, tail := line[:len(line)-len(frameTail)], line[len(line)-len(frameTail):]
	var want [len(frameTail)]byte
	copy(want[:], frameTail)
	putDigits(want[crcAt:crcAt+crcDigits], crc32.Checksum(body, castagnoli), 16)
	return bytes.Equal(tail, want[:])
}

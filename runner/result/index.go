package result

import (
	"errors"
	"fmt"
	"io"
)

// Index says where in a record each target's outcome is, so that they can be asked
// for in any order. It holds eight bytes a target.
type Index struct {
	// Header is empty where the record has none yet.
	Header Header
	// Tally counts the outcomes.
	Tally Tally
	// Wrong tells why nothing behind a place in the record is taken: a *TornError,
	// as after a crash or while its writer is at it, or what it contradicts; nil
	// where all is.
	Wrong error

	record   io.ReaderAt
	at       []int64 // by line - 1, plus one: 0 is that there is none
	inFlight map[int64]Attempt
	buf      []byte
}

// NewIndex reads a record, of which the first size bytes count, of a chunk with so
// many targets. It takes what Outcomes would, up to the first line that contradicts
// what was before it, or the chunk. The error is the reader's alone. The record must
// stay open while outcomes are asked for.
func NewIndex(record io.ReaderAt, size, lines int64) (*Index, error) {
	x := &Index{record: record}
	failing := &faulty{from: io.NewSectionReader(record, 0, size)}
	p := newReplay()
	for e, err := range Read(failing) {
		if failing.err != nil {
			return nil, failing.err
		}
		if err == nil {
			err = within(e, lines)
		}
		if err == nil {
			err = p.add(e)
		}
		if err != nil {
			x.Wrong = err
			break
		}
		if e.Kind == KindOutcome {
			x.put(e)
		}
	}
	x.Header, x.Tally, x.inFlight = p.header, p.tally, p.inFlight
	return x, nil
}

// faulty remembers that it was its reader that failed.
type faulty struct {
	from io.Reader
	err  error
}

func (f *faulty) Read(p []byte) (int, error) {
	n, err := f.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// within makes sure that a line is one of the chunk's.
func within(e Entry, lines int64) error {
	if most := max(e.Attempt.Line, e.Outcome.Line); most > lines {
		return fmt.Errorf("line at byte %d: it is of target %d of %d", e.Offset, most, lines)
	}
	return nil
}

func (x *Index) put(e Entry) {
	if more := e.Outcome.Line - int64(len(x.at)); more > 0 {
		x.at = append(x.at, make([]int64, more)...)
	}
	x.at[e.Outcome.Line-1] = e.Offset + 1
}

// InFlight reports whether the script was, or was about to be, sent to a target
// that has no outcome.
func (x *Index) InFlight(line int64) bool {
	_, ok := x.inFlight[line]
	return ok
}

// Outcome gives what came of a target; false where it has no outcome. It is not
// safe for concurrent use.
func (x *Index) Outcome(line int64) (Outcome, bool, error) {
	if line < 1 || line > int64(len(x.at)) || x.at[line-1] == 0 {
		return Outcome{}, false, nil
	}
	at := x.at[line-1] - 1
	text, err := x.read(at)
	if err != nil {
		return Outcome{}, false, err
	}
	e := Entry{Kind: KindOutcome}
	if err := e.decode(text); err != nil {
		return Outcome{}, false, fmt.Errorf("line at byte %d: %w", at, err)
	}
	if e.Outcome.Line != line {
		return Outcome{}, false, fmt.Errorf("line at byte %d: %w", at, errRewritten)
	}
	return e.Outcome, true, nil
}

var errRewritten = errors.New("it has changed since it was read first")

// usual is a size that most lines of a record are below, in bytes.
const usual = 1 << 10

// read gives a line of the record whole; it is good until the next is read.
func (x *Index) read(at int64) ([]byte, error) {
	if x.buf == nil {
		x.buf = make([]byte, usual)
	}
	n, err := x.record.ReadAt(x.buf[:usual], at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if n < len(frameHead) {
		return nil, fmt.Errorf("line at byte %d: %w", at, errRewritten)
	}
	size, kind, ok := parseHead(x.buf[:len(frameHead)])
	if !ok || kind != KindOutcome {
		return nil, fmt.Errorf("line at byte %d: %w", at, errRewritten)
	}
	if size > len(x.buf) {
		x.buf = append(x.buf, make([]byte, size-len(x.buf))...)
	}
	if size > n {
		if _, err := x.record.ReadAt(x.buf[n:size], at+int64(n)); err != nil {
			return nil, fmt.Errorf("line at byte %d: %w", at, errRewritten)
		}
	}
	if !wholeTail(x.buf[:size]) {
		return nil, fmt.Errorf("line at byte %d: %w", at, errRewritten)
	}
	return x.buf[:size], nil
}

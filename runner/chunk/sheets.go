package chunk

import (
	"errors"
	"io"
	"runtime"
	"sync"
)

// sheetSize is how much of a list is tidied at a time, in bytes: enough that
// handing it on costs nothing, little enough to stay in the processor's cache.
const sheetSize = 128 << 10

// maxBeside is how many sheets are tidied side by side; reading and digesting can't
// feed more.
const maxBeside = 8

// sheets reads a list sheet by sheet, several of which are tidied side by side.
type sheets struct {
	choice Choice
	// ordered has the sheets to come in the order of the list, each in a channel
	// of its own that it is sent to once it is tidied.
	ordered chan chan *sheet
	// used is the room of sheets whose text isn't needed any more.
	used chan []byte
	quit chan struct{}
	work sync.WaitGroup
	err  error // of reading; good once ordered is closed
}

// readSheets begins to read; whoever calls it ends it with close, before r is
// closed.
func readSheets(r io.Reader, c Choice) *sheets {
	beside := min(runtime.GOMAXPROCS(0), maxBeside)
	s := &sheets{
		choice: c, quit: make(chan struct{}),
		ordered: make(chan chan *sheet, beside), used: make(chan []byte, beside+2),
	}
	s.work.Go(func() {
		defer close(s.ordered)
		s.err = s.read(r)
	})
	return s
}

// next gives the next sheet, and io.EOF after the last.
func (s *sheets) next() (*sheet, error) {
	if tidied, ok := <-s.ordered; ok {
		return <-tidied, nil
	}
	if s.err != nil {
		return nil, s.err
	}
	return nil, io.EOF
}

// done takes a sheet's room for others; nothing of its text may be used again.
func (s *sheets) done(was *sheet) {
	if was.room == nil {
		return
	}
	select {
	case s.used <- was.room:
	default:
	}
}

// close ends the reading, and returns when nothing is read any more.
func (s *sheets) close() {
	close(s.quit)
	s.work.Wait()
}

// read cuts the list into sheets and has them tidied.
func (s *sheets) read(r io.Reader) error {
	list := NewReader(r)
	for {
		fresh := s.blank()
		err := list.fill(fresh)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(fresh.text) > 0 && !s.hand(fresh) || err != nil {
			return nil
		}
	}
}

// hand has a sheet tidied and puts it in its place; false where nobody wants it
// any more.
func (s *sheets) hand(fresh *sheet) bool {
	tidied := make(chan *sheet, 1)
	select {
	case s.ordered <- tidied:
	case <-s.quit:
		return false
	}
	s.work.Go(func() {
		fresh.tidy(s.choice)
		tidied <- fresh
	})
	return true
}

// blank gives an empty sheet.
func (s *sheets) blank() *sheet {
	select {
	case used := <-s.used:
		return &sheet{room: used, text: used}
	default:
		room := make([]byte, 0, sheetSize+kept)
		return &sheet{room: room, text: room}
	}
}

// fill fills an empty sheet with whole lines, and gives io.EOF with the last.
func (r *Reader) fill(s *sheet) error {
	var err error
	for err == nil && len(s.text) < sheetSize {
		var n int
		n, err = r.in.Read(s.text[len(s.text):sheetSize])
		s.text = s.text[:len(s.text)+n]
	}
	if err == nil && s.text[sheetSize-1] != '\n' {
		var rest []byte
		rest, err = r.line()
		s.text = append(s.text, rest...)
	}
	if n := len(s.text); n > 0 && s.text[n-1] != '\n' {
		s.text = append(s.text, '\n')
	}
	return err
}

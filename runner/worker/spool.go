package worker

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// inMemory is how much of an output is held in memory, in bytes; what is
// larger goes to a file that has no name.
const inMemory = 64 << 10

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// spool keeps one target's output, up to a cap. What is over the cap is
// counted and dropped.
type spool struct {
	temp   string
	most   int64
	total  int64
	last   byte // of what was kept
	memory *bytes.Buffer
	file   *os.File
	// full is what kept it from keeping more: this host's disk, not the target.
	full error
}

// newSpool makes a spool that keeps that many bytes at the most, those that
// memory is too small for in a file in temp.
func newSpool(temp string, most int64) *spool {
	return &spool{temp: temp, most: most, memory: buffers.Get().(*bytes.Buffer)}
}

// Write takes all of p, whether or not it is kept. Where this host has no room
// for more, the output is cut there: the script goes on to its end, and what it
// came to is worth more than the rest of what it says. It is called by one
// goroutine at a time.
func (s *spool) Write(p []byte) (int, error) {
	keep := p[:max(0, min(int64(len(p)), s.most-s.total))]
	if len(keep) > 0 {
		n, err := s.keep(keep)
		if n > 0 {
			s.last = keep[n-1]
		}
		if err != nil {
			s.full, s.most = err, s.total+int64(n)
		}
	}
	s.total += int64(len(p))
	return len(p), nil
}

// keep keeps p, or of it so much as there is room for.
func (s *spool) keep(p []byte) (int, error) {
	if s.file == nil && s.memory.Len()+len(p) > inMemory {
		if err := s.spill(); err != nil {
			n, _ := s.memory.Write(p[:inMemory-s.memory.Len()]) // it gives no error
			return n, err
		}
	}
	if s.file == nil {
		return s.memory.Write(p)
	}
	return s.file.Write(p)
}

// spill goes over from memory to a file. Where it can't, all stays in memory.
func (s *spool) spill() error {
	file, err := Nameless(s.temp)
	if err != nil {
		return err
	}
	if _, err = file.Write(s.memory.Bytes()); err != nil {
		return errors.Join(err, file.Close())
	}
	s.file = file
	s.memory.Reset()
	return nil
}

// isCut tells that not all was kept.
func (s *spool) isCut() bool { return s.total > s.most }

// reader gives what was kept, with a line of its own where it was cut.
func (s *spool) reader() (io.Reader, error) {
	var kept io.Reader = bytes.NewReader(s.memory.Bytes())
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		kept = s.file
	}
	if !s.isCut() {
		return kept, nil
	}
	why := ""
	if s.full != nil {
		why = ": no room on the worker"
	}
	mark := fmt.Sprintf("[scanmaster: output cut after %d of %d bytes%s]\n", s.most, s.total, why)
	if s.last != '\n' {
		mark = "\n" + mark
	}
	return io.MultiReader(kept, strings.NewReader(mark)), nil
}

// end gives the last bytes that were kept, so many at the most.
func (s *spool) end(most int64) (string, error) {
	if s.file == nil {
		kept := s.memory.Bytes()
		return string(kept[max(0, int64(len(kept))-most):]), nil
	}
	kept := min(s.total, s.most)
	last := make([]byte, min(kept, most))
	_, err := s.file.ReadAt(last, kept-int64(len(last)))
	return string(last), err
}

// close gives memory and disk back.
func (s *spool) close() error {
	s.memory.Reset()
	buffers.Put(s.memory)
	s.memory = nil
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

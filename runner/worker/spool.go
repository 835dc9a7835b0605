package worker

import (
	"bytes"
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
	// err is what kept it from taking all: this host's disk, not the target.
	err error
}

// newSpool makes a spool that keeps that many bytes at the most, those that
// memory is too small for in a file in temp.
func newSpool(temp string, most int64) *spool {
	return &spool{temp: temp, most: most, memory: buffers.Get().(*bytes.Buffer)}
}

// Write takes all of p, whether or not it is kept. It is called by one
// goroutine at a time.
func (s *spool) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	keep := p[:max(0, min(int64(len(p)), s.most-s.total))]
	s.total += int64(len(p))
	if len(keep) > 0 {
		s.last = keep[len(keep)-1]
		s.err = s.keep(keep)
	}
	return len(p), s.err
}

func (s *spool) keep(p []byte) (err error) {
	if s.file == nil && s.memory.Len()+len(p) > inMemory {
		if err := s.spill(); err != nil {
			return err
		}
	}
	if s.file == nil {
		_, err = s.memory.Write(p)
		return err
	}
	_, err = s.file.Write(p)
	return err
}

func (s *spool) spill() (err error) {
	if s.file, err = nameless(s.temp); err != nil {
		return err
	}
	_, err = s.file.Write(s.memory.Bytes())
	s.memory.Reset()
	return err
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
	mark := fmt.Sprintf("[scanmaster: output cut after %d of %d bytes]\n", s.most, s.total)
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

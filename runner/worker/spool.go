package worker

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
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
	cap    int64
	total  int64
	memory *bytes.Buffer
	file   *os.File
	// err is what kept it from taking all: this host's disk, not the target.
	err error
}

func newSpool(temp string, most int64) *spool {
	return &spool{temp: temp, cap: most, memory: buffers.Get().(*bytes.Buffer)}
}

// Write takes all of p, whether or not it is kept.
func (s *spool) Write(p []byte) (int, error) {
	keep := p[:max(0, min(int64(len(p)), s.cap-s.total))]
	s.total += int64(len(p))
	if s.file == nil && s.memory.Len()+len(keep) > inMemory {
		s.err = s.spill()
	}
	if s.err == nil {
		s.err = s.keep(keep)
	}
	return len(p), s.err
}

func (s *spool) keep(p []byte) (err error) {
	if s.file != nil {
		_, err = s.file.Write(p)
	} else {
		_, err = s.memory.Write(p)
	}
	return err
}

func (s *spool) spill() (err error) {
	if s.file, err = nameless(s.temp); err != nil {
		return fmt.Errorf("large output: %w", err)
	}
	_, err = s.file.Write(s.memory.Bytes())
	s.memory.Reset()
	return err
}

// nameless makes a file that is gone when it is closed.
func nameless(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "scanmaster-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// isCut tells that not all was kept.
func (s *spool) isCut() bool { return s.total > s.cap }

// reader gives what was kept, with a mark where it was cut.
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
	mark := fmt.Sprintf("\n[scanmaster: cut after %d of %d bytes]\n", s.cap, s.total)
	return io.MultiReader(kept, bytes.NewReader([]byte(mark))), nil
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

// tailSize is how much of a standard error is kept, in bytes.
const tailSize = 1 << 10

// tail keeps the end of what is written, and counts all of it.
type tail struct {
	total int64
	end   []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.total += int64(len(p))
	if over := len(p) - tailSize; over > 0 {
		t.end = append(t.end[:0], p[over:]...)
		return len(p), nil
	}
	if over := len(t.end) + len(p) - tailSize; over > 0 {
		t.end = append(t.end[:0], t.end[over:]...)
	}
	t.end = append(t.end, p...)
	return len(p), nil
}

package result

import (
	"bufio"
	"hash/crc32"
	"io"
	"sync"

	"scanmaster/runner/chunk"
)

// classicEntry is one target's lines on their way into a classic file. The file is
// taken at the first byte that reaches it, so that whoever has little to write
// holds up nobody while it is made.
type classicEntry struct {
	file   *appender
	locked bool
	broken bool // the file didn't take a write
	sum    uint32
}

func (e *classicEntry) Write(p []byte) (int, error) {
	if !e.locked {
		e.file.mu.Lock()
		e.locked = true
	}
	n, err := e.file.Write(p)
	e.sum = crc32.Update(e.sum, castagnoli, p[:n])
	e.broken = e.broken || err != nil
	return n, err
}

func (e *classicEntry) rollback() error {
	if !e.locked {
		return nil
	}
	err := e.file.rollback()
	e.broken = e.broken || err != nil
	return err
}

func (e *classicEntry) unlock() {
	if e.locked {
		e.file.mu.Unlock()
	}
}

// pipe is what streaming one target's lines takes.
type pipe struct {
	out *bufio.Writer
	in  []byte
}

var pipes = sync.Pool{New: func() any {
	return &pipe{out: bufio.NewWriterSize(nil, 32<<10), in: make([]byte, 32<<10)}
}}

// write writes the target's lines and leaves nothing in a buffer.
func (e *classicEntry) write(o Outcome, t chunk.Target, output io.Reader) error {
	p := pipes.Get().(*pipe)
	defer pipes.Put(p)
	p.out.Reset(e)
	defer p.out.Reset(nil)
	var err error
	if o.Class == OK || o.Class == Exit {
		_, err = p.out.WriteString(t.Host + "," + o.IP + ",")
		if err == nil && output != nil {
			// Without the wrapper a file would copy itself, by a buffer of its own.
			_, err = io.CopyBuffer(&cleaner{to: p.out}, struct{ io.Reader }{output}, p.in)
		}
	} else {
		_, err = p.out.WriteString(t.Text)
	}
	if err == nil {
		err = p.out.WriteByte('\n')
	}
	if err == nil {
		err = p.out.Flush()
	}
	return err
}

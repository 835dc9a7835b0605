package result

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"syscall"

	"scanmaster/runner/share"
)

// ErrHeld tells that another process is at the chunk's record.
var ErrHeld = errors.New("another worker is at it")

// Held is a chunk's record that this process alone may write: it is locked
// against all others that share its locks (flock(2)). Whoever holds it opens or
// closes it.
type Held struct {
	work   *share.Dir
	file   *os.File
	header Header
	begun  bool
}

// Hold opens and locks the record in a chunk's folder, and makes an empty one
// where none is. The folder stays the caller's and must stay open as long as
// what is made of it. The error is ErrHeld where another process has it; a
// share that has no such locks keeps nobody out. A record that is damaged in
// its first line, or of another version, is an error.
func Hold(work *share.Dir) (*Held, error) {
	file, err := work.Create(recordName)
	if errors.Is(err, fs.ErrExist) {
		file, err = work.OpenFile(recordName, os.O_RDWR)
	}
	if err != nil {
		return nil, err
	}
	h := &Held{work: work, file: file}
	if err = lock(file); err == nil {
		err = h.look()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", work.Path(recordName), err), file.Close())
	}
	return h, nil
}

// Header says whose record it is; false where nothing is in it yet.
func (h *Held) Header() (Header, bool) { return h.header, h.begun }

// Close gives a record back that was not opened as a ledger.
func (h *Held) Close() error { return h.file.Close() }

// lock keeps other processes out, where the file system can.
func lock(file *os.File) error {
	switch err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return ErrHeld
	case errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.EINVAL):
		return nil // there are no locks on this share
	default:
		return err
	}
}

// look reads the header. Before it is whole nothing follows it, and nothing has
// been tried: it is on the disk before the first target is.
func (h *Held) look() error {
	for e, err := range Read(whole(h.file)) {
		if torn := new(TornError); errors.As(err, &torn) {
			return h.mustBeFirstLine()
		}
		if err != nil {
			return err
		}
		if e.Kind != KindHeader {
			return errNoHeader
		}
		h.header, h.begun = e.Header, true
		return nil
	}
	return nil
}

// mustBeFirstLine tells a record whose first line was never finished from one
// whose first line was damaged.
func (h *Held) mustBeFirstLine() error {
	first := make([]byte, maxRecord)
	n, err := io.ReadFull(whole(h.file), first)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	for _, c := range first[:n] {
		if c == '\n' {
			return errNoHeader
		}
	}
	return nil
}

// whole reads a file from its beginning, wherever it stands.
func whole(f *os.File) io.Reader { return io.NewSectionReader(f, 0, math.MaxInt64) }

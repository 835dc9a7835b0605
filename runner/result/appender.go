package result

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"scanmaster/runner/share"
)

// appender is a file that grows by whole records and has one writer. What is
// written goes to the kernel at once.
type appender struct {
	file *os.File
	path string

	// mu is held from a record's first byte until it is known to be whole.
	mu sync.Mutex
	// size counts the bytes of whole records, end those written at all.
	size, end int64
	// dirty tells that something is yet to be synced.
	dirty atomic.Bool
}

func newAppender(dir *share.Dir, name string) (*appender, error) {
	f, err := dir.Create(name)
	if err != nil {
		return nil, err
	}
	return &appender{file: f, path: dir.Path(name)}, nil
}

// Write adds to the record that is being written. The caller holds mu.
func (a *appender) Write(p []byte) (int, error) {
	n, err := a.file.WriteAt(p, a.end)
	// Where it fails, os.File does not count what a full disk still took.
	a.end += int64(len(p))
	a.dirty.Store(true) // after the write: a sync in between must not clear it
	return n, a.fault("write", err)
}

// commit makes the record whole. The caller holds mu.
func (a *appender) commit() { a.size = a.end }

// rollback cuts the file back to its last whole record. The caller holds mu.
func (a *appender) rollback() error {
	if a.end == a.size {
		return nil
	}
	a.end = a.size
	return a.fault("truncate", a.file.Truncate(a.size))
}

// add writes one whole record.
func (a *appender) add(p []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, err := a.Write(p); err != nil {
		return errors.Join(err, a.rollback())
	}
	a.commit()
	return nil
}

// length counts the bytes of whole records.
func (a *appender) length() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.size
}

// sync hands what was committed to the disk.
func (a *appender) sync() error {
	if !a.dirty.Swap(false) {
		return nil
	}
	return a.fault("sync", a.file.Sync())
}

// close waits for the record that is being written.
func (a *appender) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.fault("close", a.file.Close())
}

// fault gives an error the whole path; a file opened through a root knows but
// a part of it.
func (a *appender) fault(op string, err error) error {
	if err == nil {
		return nil
	}
	if pathErr := new(fs.PathError); errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return &fs.PathError{Op: op, Path: a.path, Err: err}
}

package gather

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"syscall"

	"scanmaster/runner/plan"
)

// Why a file can't be used; each completes a sentence that begins with its name.
const (
	isFolder     = "is a folder, not a file"
	isNoFolder   = "is no folder"
	isNotRegular = "is no regular file"
)

// problem is why a file that is there can't be used.
type problem string

func (p problem) Error() string { return string(p) }

// open opens a file for reading, but nothing that could hang a reader. The
// error is fs.ErrNotExist where it isn't there, else a problem.
func open(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		return nil, nil, reason(err)
	}
	// What was a file a moment ago may be a pipe by now.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, reason(err)
	}
	if info, err = f.Stat(); err == nil {
		err = regular(info)
	}
	if err != nil {
		return nil, nil, errors.Join(reason(err), f.Close())
	}
	return f, info, nil
}

func regular(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return problem(isFolder)
	case !info.Mode().IsRegular():
		return problem(isNotRegular)
	}
	return nil
}

// reason puts an error in words that follow a file's name.
func reason(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return fs.ErrNotExist
	}
	if known := problem(""); errors.As(err, &known) {
		return known
	}
	if path := new(fs.PathError); errors.As(err, &path) {
		err = path.Err
	}
	return problem("can't be read: " + err.Error())
}

// meter takes in what is read of a file, and measures it.
type meter struct {
	sha   hash.Hash
	size  int64
	lines int64
	last  byte
}

func newMeter() *meter { return &meter{sha: sha256.New(), last: '\n'} }

// Write never fails.
func (m *meter) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	m.size += int64(len(p))
	m.lines += int64(bytes.Count(p, []byte{'\n'}))
	m.last = p[len(p)-1]
	return m.sha.Write(p)
}

// measured gives the facts of a text that is in no file.
func measured(text []byte) plan.FileFacts {
	m := newMeter()
	_, _ = m.Write(text) // it never fails
	return plan.FileFacts{SHA256: hex.EncodeToString(m.sha.Sum(nil)), Size: m.size, Lines: m.lines}
}

// facts gives what was measured; a last line without its end counts too.
func (m *meter) facts(info fs.FileInfo) plan.FileFacts {
	f := plan.FileFacts{
		SHA256:     hex.EncodeToString(m.sha.Sum(nil)),
		Size:       m.size,
		Lines:      m.lines,
		Executable: info.Mode()&0o111 != 0,
	}
	if m.last != '\n' {
		f.Lines++
	}
	return f
}

// cancellable ends a long read with the context.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

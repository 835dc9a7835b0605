package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/pkg/sftp"
)

// Files are the files of a host, by SFTP (draft-ietf-secsh-filexfer-02). A
// relative path begins in the account's home. It may be used by several
// goroutines at a time. Whoever opened it closes it; it ends with its connection.
//
// All errors are of type *Error, of PhaseCopy: KindDenied is the host's refusal,
// fs.ErrNotExist among them, after which the connection goes on.
type Files struct {
	conn   *Conn
	client *sftpClient
	unbind func() bool
	within time.Duration
}

// Files opens the host's files, until ctx ends: then what is under way fails.
// Within bounds how long the host may take over each answer, and so what can hang
// there, as the opening of a FIFO does; it costs the connection.
func (c *Conn) Files(ctx context.Context, within time.Duration) (*Files, error) {
	l := newLimit(ctx, within, c.cut)
	client, err := c.openSFTP()
	struck := l.release(PhaseCopy)
	switch {
	case err != nil && struck != nil:
		return nil, struck
	case err != nil:
		return nil, asCopy(err)
	}
	// A limit that strikes just now has cut the connection, which tells itself.
	return &Files{conn: c, client: client, unbind: context.AfterFunc(ctx, client.close), within: within}, nil
}

// asCopy is an error of the way there as one of PhaseCopy.
func asCopy(err error) error {
	told := new(Error)
	if !errors.As(err, &told) {
		return err
	}
	return &Error{Phase: PhaseCopy, Kind: told.Kind, Err: told.Err}
}

// Close ends the use of the files; the connection goes on.
func (f *Files) Close() {
	if f.unbind() {
		f.client.close()
	}
}

// List gives the entries of a folder, links not followed.
func (f *Files) List(dir string) (entries []fs.FileInfo, err error) {
	err = f.answer(dir, func() (err error) {
		entries, err = f.client.ReadDir(dir)
		return err
	})
	return entries, err
}

// Lstat tells about an entry without following it.
func (f *Files) Lstat(name string) (info fs.FileInfo, err error) {
	err = f.answer(name, func() (err error) {
		info, err = f.client.Lstat(name)
		return err
	})
	return info, err
}

// piece is how much is asked for at a time, in bytes: as many requests as fit
// into it are under way at once.
const piece = 1 << 20

// Copy writes the bytes of a file from one place up to another to w, and gives
// how many those were: fewer where the file ends before. What of the writing
// fails is given as it is.
func (f *Files) Copy(w io.Writer, name string, from, to int64) (n int64, err error) {
	file, err := f.open(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.answer(name, file.Close) }() // it was only read
	buf := make([]byte, min(piece, max(0, to-from)))
	for from+n < to {
		got, ended, err := f.read(file, name, buf[:min(int64(len(buf)), to-from-n)], from+n)
		if got > 0 {
			wrote, failed := w.Write(buf[:got])
			n += int64(wrote)
			if failed != nil {
				return n, failed
			}
		}
		if ended || err != nil {
			return n, err
		}
	}
	return n, nil
}

func (f *Files) open(name string) (file *sftp.File, err error) {
	err = f.answer(name, func() (err error) {
		file, err = f.client.Open(name)
		return err
	})
	return file, err
}

// read reads a piece of a file, and tells whether it has ended before.
func (f *Files) read(file *sftp.File, name string, buf []byte, at int64) (n int, ended bool, err error) {
	err = f.answer(name, func() (err error) {
		n, err = file.ReadAt(buf, at)
		if ended = errors.Is(err, io.EOF); ended {
			return nil
		}
		return err
	})
	return n, ended, err
}

// Write writes a file, in the place of one that is there. Folders on the way
// that aren't there are made, for the account alone. The file isn't whole before
// Write returns: what others read meanwhile goes by Upload. What of the reading
// fails is KindLocal.
func (f *Files) Write(name string, mode fs.FileMode, r io.Reader) error {
	ctx, quiet := newIdle(context.Background(), f.within)
	defer quiet.stop()
	from := &counted{from: quiet.taking(r)}
	l := newLimit(ctx, 0, f.conn.cut)
	err := f.write(name, mode, from)
	if struck := l.release(PhaseCopy); struck != nil {
		return struck
	}
	if from.err != nil {
		return &Error{Phase: PhaseCopy, Kind: KindLocal, Err: from.err}
	}
	return f.fault(name, err)
}

func (f *Files) write(name string, mode fs.FileMode, from *counted) error {
	file, err := f.client.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if errors.Is(err, fs.ErrNotExist) {
		if err = f.client.folders(path.Dir(name)); err == nil {
			file, err = f.client.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		}
	}
	if err != nil {
		return err
	}
	if err = file.Chmod(mode.Perm()); err == nil {
		_, err = file.ReadFromWithConcurrency(from, 0)
	}
	return errors.Join(err, file.Close())
}

// MkdirAll makes a folder, and those on the way to it, for the account alone
// where they aren't there.
func (f *Files) MkdirAll(dir string) error {
	return f.answer(dir, func() error { return f.client.folders(dir) })
}

// answer bounds what is asked of the host, and gives the *Error of what came of it.
func (f *Files) answer(name string, ask func() error) error {
	l := newLimit(context.Background(), f.within, f.conn.cut)
	err := ask()
	if struck := l.release(PhaseCopy); struck != nil {
		struck.Err = fmt.Errorf("%s: %w", name, struck.Err)
		return struck
	}
	return f.fault(name, err)
}

// fault is the *Error of what came of something that was asked of the host; nil
// of nil.
func (f *Files) fault(name string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", name, err)
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{Phase: PhaseCopy, Kind: KindDenied, Err: err}
	}
	return f.conn.refusal(err)
}

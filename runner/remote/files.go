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
}

// Files opens the host's files, until ctx ends: then what is under way fails.
func (c *Conn) Files(ctx context.Context) (*Files, error) {
	l := newLimit(ctx, openWithin, c.cut)
	client, err := c.openSFTP()
	struck := l.release(PhaseCopy)
	switch {
	case err != nil && struck != nil:
		return nil, struck
	case err != nil:
		return nil, asCopy(err)
	}
	// A limit that strikes just now has cut the connection, which tells itself.
	return &Files{conn: c, client: client, unbind: context.AfterFunc(ctx, client.close)}, nil
}

// openWithin is how long a host may take until its files are open.
const openWithin = time.Minute

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
func (f *Files) List(dir string) ([]fs.FileInfo, error) {
	entries, err := f.client.ReadDir(dir)
	return entries, f.fault(dir, err)
}

// Lstat tells about an entry without following it.
func (f *Files) Lstat(name string) (fs.FileInfo, error) {
	info, err := f.client.Lstat(name)
	return info, f.fault(name, err)
}

// piece is how much is asked for at a time, in bytes: as many requests as fit
// into it are under way at once.
const piece = 1 << 20

// Copy writes the bytes of a file from one place up to another to w, and gives
// how many those were: fewer where the file ends before. What of the writing
// fails is given as it is.
func (f *Files) Copy(w io.Writer, name string, from, to int64) (n int64, err error) {
	file, err := f.client.Open(name)
	if err != nil {
		return 0, f.fault(name, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	buf := make([]byte, min(piece, max(0, to-from)))
	for from+n < to {
		got, err := file.ReadAt(buf[:min(int64(len(buf)), to-from-n)], from+n)
		if got > 0 {
			wrote, failed := w.Write(buf[:got])
			n += int64(wrote)
			if failed != nil {
				return n, failed
			}
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, f.fault(name, err)
		}
	}
	return n, nil
}

// Write writes a file, in the place of one that is there. Folders on the way
// that aren't there are made, for the account alone. The file isn't whole before
// Write returns: what others read meanwhile goes by Upload. What of the reading
// fails is KindLocal.
func (f *Files) Write(name string, mode fs.FileMode, r io.Reader) error {
	from := &counted{from: r}
	err := f.write(name, mode, from)
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
func (f *Files) MkdirAll(dir string) error { return f.fault(dir, f.client.folders(dir)) }

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

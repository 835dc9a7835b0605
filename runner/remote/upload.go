package remote

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// Upload writes what r gives to a file on the host, whole or not at all: under
// another name beside it, which takes the file's place when its size is right.
// A relative path begins in the account's home. The file's mode is exactly the
// permissions of mode; folders on the way that aren't there are made, for the
// account alone. It goes by SFTP, and through cat where the host has none.
//
// The error is an *Error of PhaseCopy: KindDenied is the host's refusal, after
// which the connection goes on, KindLocal a failure of r, after which it may
// not. What was left behind of a lost line is called ".NAME.*.part".
func (c *Conn) Upload(ctx context.Context, name string, mode fs.FileMode, r io.Reader) error {
	u, err := newUpload(name, mode, r)
	if err != nil {
		return &Error{Phase: PhaseCopy, Kind: KindLocal, Err: err}
	}
	l := newLimit(ctx, 0, c.cut)
	client, err := c.openSFTP()
	if err == nil {
		err = u.bySFTP(client)
		client.close()
	} else if isDenied(err) {
		err = u.byCat(l.ctx, c)
	}
	if err != nil {
		err = u.failure(c, err)
	}
	if struck := l.release(PhaseCopy); struck != nil {
		return struck
	}
	return err
}

// upload is one file on its way.
type upload struct {
	dir, name, part string
	mode            fs.FileMode
	from            *counted
}

func newUpload(name string, mode fs.FileMode, r io.Reader) (*upload, error) {
	whole := path.Clean(name)
	dir, base := path.Split(whole)
	if name == "" || strings.HasSuffix(name, "/") || base == "." || base == ".." || strings.ContainsRune(name, 0) {
		return nil, fmt.Errorf("%q is no name of a file", name)
	}
	if dir == "" {
		dir = "./" // also keeps a name from being taken for an option
	} else if !path.IsAbs(dir) {
		dir = "./" + dir
	}
	return &upload{
		dir: dir, name: dir + base, part: dir + "." + base + "." + rand.Text() + ".part",
		mode: mode.Perm(), from: &counted{from: r},
	}, nil
}

// failure is the *Error of what went wrong.
func (u *upload) failure(c *Conn, err error) *Error {
	told := new(Error)
	if !errors.As(err, &told) {
		told = c.refusal(err)
	}
	if u.from.err != nil {
		told = &Error{Kind: KindLocal, Err: u.from.err}
	}
	return &Error{Phase: PhaseCopy, Kind: told.Kind, Err: fmt.Errorf("%s: %w", u.name, told.Err)}
}

// sizeError tells that the host holds another number of bytes than were sent.
func (u *upload) sizeError(got string) error {
	return fmt.Errorf("%d bytes were sent, and %s arrived", u.from.n, got)
}

// refusal tells what a failure means by asking whether the host is still there:
// what gave it knows only that no answer came.
func (c *Conn) refusal(err error) *Error {
	if _, _, lost := c.ssh.SendRequest(keepAliveRequest, true, nil); lost != nil {
		return &Error{Phase: PhaseCopy, Kind: KindLost, Err: c.lost(err)}
	}
	return &Error{Phase: PhaseCopy, Kind: KindDenied, Err: err}
}

// isDenied reports whether the host refused something on a sound connection.
func isDenied(err error) bool {
	e := new(Error)
	return errors.As(err, &e) && e.Kind == KindDenied
}

// counted counts what is read, and remembers why no more could be.
type counted struct {
	from io.Reader
	n    int64
	err  error
}

// Read reads on.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

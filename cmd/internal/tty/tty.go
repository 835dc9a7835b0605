// Package tty is the terminal that the program was started on, for handing it
// over to a program elsewhere and for getting it back.
package tty

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// Terminal is a terminal in raw mode: each key is passed on as it comes, and
// what is written isn't changed. Its owner closes it.
type Terminal struct {
	file *os.File
	was  *term.State

	closing sync.Once
	err     error
}

// Open takes the program's own terminal, wherever its descriptors lead.
func Open() (*Terminal, error) {
	// The descriptors of the program may be shared with others, for whom
	// reading without waiting would come as a surprise.
	file, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, noTerminal(err)
	}
	return take(file)
}

// ErrNone tells that the program has no terminal.
var ErrNone = errors.New("there is no terminal")

func noTerminal(err error) error { return fmt.Errorf("%w: %w", ErrNone, err) }

// take makes a terminal raw, and closes what is none.
func take(file *os.File) (*Terminal, error) {
	t := &Terminal{file: file}
	err := t.control(func(fd int) (err error) {
		t.was, err = term.MakeRaw(fd)
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s is no terminal: %w", file.Name(), err), file.Close())
	}
	return t, nil
}

// Size gives its width and height in characters.
func (t *Terminal) Size() (width, height int, err error) {
	err = t.control(func(fd int) (err error) {
		width, height, err = term.GetSize(fd)
		return err
	})
	return width, height, err
}

func (t *Terminal) control(use func(fd int) error) error { return Control(t.file, use) }

// Control hands out the descriptor of a terminal's file while use runs. File.Fd
// would make reading wait for ever. The error is that of use, or that the file is
// closed.
func Control(file *os.File, use func(fd int) error) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var used error
	err = raw.Control(func(fd uintptr) { used = use(int(fd)) })
	return errors.Join(err, used)
}

// Read reads keys; it is at its end when Stop or Close is called.
func (t *Terminal) Read(p []byte) (int, error) {
	n, err := t.file.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, os.ErrClosed) {
		return n, io.EOF
	}
	return n, err
}

// Write shows text as it is.
func (t *Terminal) Write(p []byte) (int, error) { return t.file.Write(p) }

// Stop ends the reading, also one under way.
func (t *Terminal) Stop() error { return t.file.SetReadDeadline(time.Unix(1, 0)) }

// Close gives the terminal back as it was. It may be called again.
func (t *Terminal) Close() error {
	t.closing.Do(func() {
		restored := t.control(func(fd int) error { return term.Restore(fd, t.was) })
		t.err = errors.Join(restored, t.file.Close())
	})
	return t.err
}

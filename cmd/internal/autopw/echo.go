package autopw

import (
	"os"

	"golang.org/x/sys/unix"

	"scanmaster/cmd/internal/tty"
)

// echo is whether what is written to a command's terminal is seen on it. What the
// command has made of it holds again after hide once it is shown.
type echo struct {
	terminal *os.File
	hidden   *unix.Termios // how it was; nil where nothing is hidden
}

// hide ends the echo. Where the command has ended it itself there is nothing to do.
func (e *echo) hide() error {
	return tty.Control(e.terminal, func(fd int) error {
		was, err := unix.IoctlGetTermios(fd, getTermios)
		if err != nil || was.Lflag&unix.ECHO == 0 {
			return err
		}
		e.hidden = was
		off := *was
		off.Lflag &^= unix.ECHO | unix.ECHONL
		return unix.IoctlSetTermios(fd, setTermios, &off)
	})
}

// show lets it be seen again, unless the command has changed the terminal
// meanwhile. The kernel makes the echo some time after what is echoed was written:
// hence it isn't asked for right behind that.
func (e *echo) show() error {
	was := e.hidden
	if was == nil {
		return nil
	}
	e.hidden = nil
	return tty.Control(e.terminal, func(fd int) error {
		now, err := unix.IoctlGetTermios(fd, getTermios)
		if err != nil {
			return err
		}
		if now.Lflag|unix.ECHO != was.Lflag&^unix.ECHONL|unix.ECHO {
			return nil
		}
		return unix.IoctlSetTermios(fd, setTermios, was)
	})
}

package tty

import (
	"os"

	"golang.org/x/sys/unix"
)

// Echo is whether what is typed at a terminal, or written to it from its far end, is
// seen on it. The terminal stays its owner's.
type Echo struct {
	Terminal *os.File

	hidden *unix.Termios // how it was; nil where nothing is hidden
}

// Hide ends the echo. Where somebody else has ended it there is nothing to do.
func (e *Echo) Hide() error {
	return Control(e.Terminal, func(fd int) error {
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

// Show lets it be seen again, unless somebody else has changed the terminal
// meanwhile. The kernel makes the echo some time after what is echoed was written:
// hence it isn't asked for right behind that.
func (e *Echo) Show() error {
	was := e.hidden
	if was == nil {
		return nil
	}
	e.hidden = nil
	return Control(e.Terminal, func(fd int) error {
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

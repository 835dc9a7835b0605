package tty

import (
	"os"

	"golang.org/x/sys/unix"
)

// IsForeground tells that the program has the terminal now, and was not put into the
// background by the shell. Where the terminal doesn't tell, it has.
func IsForeground(terminal *os.File) bool {
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

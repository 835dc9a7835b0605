package autopw

import (
	"errors"
	"os"
	"os/exec"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Start starts a command on a new terminal, and gives the other end of it, whose
// reading ends when it is closed. The caller closes it, and waits for the command.
func Start(cmd *exec.Cmd, size *pty.Winsize) (*os.File, error) {
	terminal, err := pty.StartWithSize(cmd, size)
	if err != nil {
		return nil, err
	}
	// As it comes, a read of it waits in the kernel, where no close reaches it.
	fd, err := unix.FcntlInt(terminal.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err = errors.Join(err, terminal.Close()); err != nil {
		_ = cmd.Process.Kill() // nobody would hear of it
		return nil, errors.Join(err, cmd.Wait())
	}
	return os.NewFile(uintptr(fd), terminal.Name()), nil //nolint:gosec // a descriptor is not negative
}

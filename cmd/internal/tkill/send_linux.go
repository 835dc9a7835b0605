package tkill

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// Send signals the very process that was found, and no later one that has got its
// number (pidfd_open(2)). That it has ended meanwhile is no error.
func (p Process) Send(signal syscall.Signal) error {
	err := p.send(signal)
	if gone(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("process %d (%s): %w", p.PID, p.Name, err)
	}
	return nil
}

func (p Process) send(signal syscall.Signal) error {
	held, err := unix.PidfdOpen(p.PID, 0)
	if errors.Is(err, unix.ENOSYS) { // before Linux 5.3
		held = -1
	} else if err != nil {
		return err
	} else {
		defer unix.Close(held) //nolint:errcheck // nothing was written
	}
	now, err := read(proc, p.PID, 0)
	if err != nil {
		return err
	}
	if now.start != p.start {
		return syscall.ESRCH
	}
	if held < 0 {
		return syscall.Kill(p.PID, signal)
	}
	return unix.PidfdSendSignal(held, signal, nil, 0)
}

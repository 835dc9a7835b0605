package tty

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// Suspend stops the program as ^Z does where nobody catches that, and returns when
// it is continued; at once where there is no shell that could: the kernel, too,
// stops no group that its session began with. The default action itself can't be
// had back once SIGTSTP was caught.
func Suspend() error {
	session, err := unix.Getsid(0)
	if err != nil || session == unix.Getpgrp() {
		return err
	}
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	if err := unix.Kill(unix.Getpid(), unix.SIGSTOP); err != nil {
		return err
	}
	<-continued // this thread may be stopped a moment later than others
	return nil
}

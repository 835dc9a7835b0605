//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"os"
	"syscall"
)

// askSignals ask a master how far it is; a terminal sends SIGINFO on ^T.
var askSignals = []os.Signal{syscall.SIGUSR1, syscall.SIGINFO}

package main

import (
	"os"
	"syscall"
)

// askSignals ask a master how far it is.
var askSignals = []os.Signal{syscall.SIGUSR1}

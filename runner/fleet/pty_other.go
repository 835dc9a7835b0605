//go:build !linux

package fleet

import (
	"errors"
	"os"
	"syscall"
)

var errNoTerminal = errors.New("a fleet gives terminals only on Linux")

func openTerminal() (ours, theirs *os.File, err error) { return nil, nil, errNoTerminal }

func setSize(*os.File, size) error { return errNoTerminal }

func onTerminal() *syscall.SysProcAttr { return nil }

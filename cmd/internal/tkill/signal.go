package tkill

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// last is the last signal of the old kind; those behind it have no names.
const last = 31

// ParseSignal understands a signal's number, and its name with or without SIG in
// front.
func ParseSignal(word string) (syscall.Signal, error) {
	if n, err := strconv.Atoi(word); err == nil {
		if n < 0 || n > 64 {
			return 0, fmt.Errorf("there is no signal %d; -l lists them", n)
		}
		return syscall.Signal(n), nil
	}
	name := strings.ToUpper(word)
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	if signal := unix.SignalNum(name); signal != 0 {
		return signal, nil
	}
	return 0, fmt.Errorf("there is no signal %q; -l lists them", word)
}

// Signals gives the names of all signals that have one, without SIG in front, in
// the order of their numbers.
func Signals() []string {
	var names []string
	for n := 1; n <= last; n++ {
		if name := unix.SignalName(syscall.Signal(n)); name != "" {
			names = append(names, strings.TrimPrefix(name, "SIG"))
		}
	}
	return names
}

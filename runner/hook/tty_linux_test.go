package hook

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestAHookThatAsksOnTheTerminalFailsAtOnce has a program with a terminal of
// its own run a hook: in the background there it would be stopped for ever.
func TestAHookThatAsksOnTheTerminalFailsAtOnce(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	hook := script(t, "#!/bin/sh\ntest -t 0 </dev/tty && echo it has a terminal\nread answer </dev/tty\necho \"it went on, $?\"\n")
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "TEST_HOOK="+hook)
	terminal := pty(t)
	cmd.Stdin = terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	out, err := cmd.Output()
	if err != nil || strings.Contains(string(out), "it has") || !strings.Contains(string(out), "it went on, ") || strings.HasSuffix(string(out), " 0\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// pty gives a new terminal.
func pty(t *testing.T) *os.File {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = master.Close() })
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	return terminal
}

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"scanmaster/cmd/internal/autopw"
	"scanmaster/cmd/internal/tty"
)

// console is a user at a terminal, with a program on it.
type console struct {
	t        *testing.T
	terminal *os.File
	cmd      *exec.Cmd

	mu    sync.Mutex
	shown bytes.Buffer
	ended chan struct{} // closed when nothing more is shown
}

// sit starts autopw in a folder, with a command.
func sit(t *testing.T, dir string, args ...string) *console {
	t.Helper()
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(dir, "autopw"))
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "autopw"), args...)
	cmd.Dir = dir
	terminal, err := autopw.Start(cmd, &pty.Winsize{Cols: 91, Rows: 33})
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, terminal: terminal, cmd: cmd, ended: make(chan struct{})}
	go c.watch()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = terminal.Close()
		<-c.ended
	})
	return c
}

func (c *console) watch() {
	defer close(c.ended)
	buffer := make([]byte, 1<<10)
	for {
		n, err := c.terminal.Read(buffer)
		c.mu.Lock()
		c.shown.Write(buffer[:n])
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (c *console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shown.String()
}

// fresh is how a new terminal is set.
func fresh(t *testing.T) term.State {
	t.Helper()
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	state := stateOf(t, far)
	if err := errors.Join(far.Close(), near.Close()); err != nil {
		t.Fatal(err)
	}
	return state
}

func stateOf(t *testing.T, terminal *os.File) term.State {
	t.Helper()
	var state *term.State
	err := tty.Control(terminal, func(fd int) (err error) {
		state, err = term.GetState(fd)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return *state
}

func (c *console) await(text string) {
	c.t.Helper()
	for end := time.Now().Add(30 * time.Second); !strings.Contains(c.text(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("%q is not shown, but %q", text, c.text())
		}
	}
}

func (c *console) types(keys string) {
	c.t.Helper()
	if _, err := c.terminal.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

// status waits for the program's end, and until all that it said is shown.
func (c *console) status() int {
	c.t.Helper()
	err := c.cmd.Wait()
	<-c.ended
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	return c.cmd.ProcessState.ExitCode()
}

// asking is a script that asks as ssh(1) does, and once as nothing should.
const asking = `#!/bin/sh
ask() { stty -echo; printf "$1"; read -r p; stty echo; echo; echo "$p" >>got; }
ask 'web1 password: '
echo 'the password: nobody asks for it here'
ask 'web2 password: '
ask 'Permission denied, please try again.
web3 password: '
ask 'web4 password: '
printf 'go on (yes/no)? '; read -r answer; echo "$answer" >>got
printf 'seen by all, Password:'; read -r p; echo "$p" >>got
stty size >>got
sleep .5 # a while after a secret all is seen again
printf 'name: '; read -r name; echo "$name" >>got
exit 7
`

func TestASecretIsTypedOnceAndNeverSeen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ask.sh"), []byte(asking), 0o600); err != nil {
		t.Fatal(err)
	}
	c := sit(t, dir, "sh", "ask.sh")
	c.await("web1 password: ")
	c.types("s3crex\x7ft\r")
	c.await("web3 password: ") // that one was refused
	c.types("an0ther\r")
	c.await("name: ")
	c.types("me\r")
	if status := c.status(); status != 7 {
		t.Errorf("exit status %d, and shown %q", status, c.text())
	}
	got, err := os.ReadFile(filepath.Join(dir, "got"))
	if want := "s3cret\ns3cret\nan0ther\nan0ther\nyes\nan0ther\n33 91\nme\n"; err != nil || string(got) != want {
		t.Errorf("it got %q, %v, want %q", got, err, want)
	}
	if shown := c.text(); strings.Contains(shown, "s3cret") || strings.Contains(shown, "an0ther") || !strings.Contains(shown, "(yes/no)? yes\r\n") || !strings.Contains(shown, "name: me\r\n") {
		t.Errorf("shown is %q", shown)
	}
	if got, want := stateOf(t, c.terminal), fresh(t); got != want {
		t.Errorf("the terminal was %+v, and is %+v", want, got)
	}
}

func TestACommandAtAPromptCanBeInterrupted(t *testing.T) {
	t.Parallel()
	c := sit(t, t.TempDir(), "sh", "-c", "printf 'Password: '; exec sleep 1000")
	c.await("Password: ")
	c.types("half\x03")
	if status := c.status(); status != exitSignal+int(syscall.SIGINT) {
		t.Errorf("exit status %d", status)
	}
}

func TestACommandEndsWithItsUsersTerminal(t *testing.T) {
	t.Parallel()
	c := sit(t, t.TempDir(), "sh", "-c", "echo $$ lives; exec sleep 1000")
	c.await(" lives")
	if err := c.terminal.Close(); err != nil {
		t.Fatal(err)
	}
	c.status()
	pid, _, _ := strings.Cut(c.text(), " ")
	if err := exec.CommandContext(t.Context(), "kill", "-0", strings.TrimSpace(pid)).Run(); err == nil {
		t.Errorf("process %s still lives", pid)
	}
}

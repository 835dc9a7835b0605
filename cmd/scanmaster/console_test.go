package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
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

// sit starts the program in a folder, by one of its names.
func sit(t *testing.T, dir, name string, args ...string) *console {
	t.Helper()
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(dir, name))
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, name), args...)
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

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
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
	sizes []sized
	ended chan struct{} // closed when nothing more is shown
}

// sized is when the terminal got a size: when so many bytes were shown.
type sized struct {
	at            int
	width, height int
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
	return sitBefore(t, dir, filepath.Join(dir, name), args...)
}

// sitBefore starts a command in a folder.
func sitBefore(t *testing.T, dir, path string, args ...string) *console {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	size := sized{width: 91, height: 33}
	terminal, err := autopw.Start(cmd, size.window())
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, terminal: terminal, cmd: cmd, sizes: []sized{size}, ended: make(chan struct{})}
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

func (s sized) window() *pty.Winsize {
	return &pty.Winsize{Cols: uint16(s.width), Rows: uint16(s.height)}
}

// resize gives the terminal another size.
func (c *console) resize(width, height int) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	size := sized{c.shown.Len(), width, height}
	c.sizes = append(c.sizes, size)
	err := tty.Control(c.terminal, func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(width), Row: uint16(height)})
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// screen is what stands on the terminal, without blanks at the ends.
func (c *console) screen() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	terminal, all := vt.NewEmulator(c.sizes[0].width, c.sizes[0].height), c.shown.Bytes()
	for i, size := range c.sizes {
		end := len(all)
		if i+1 < len(c.sizes) {
			end = c.sizes[i+1].at
		}
		terminal.Resize(size.width, size.height)
		_, _ = terminal.Write(all[size.at:end])
	}
	var lines []string
	for line := range strings.Lines(terminal.String()) {
		lines = append(lines, strings.TrimRight(line, " \r\n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// awaitScreen waits until the screen matches an expression.
func (c *console) awaitScreen(expression string) {
	c.t.Helper()
	want := regexp.MustCompile(expression)
	for end := time.Now().Add(30 * time.Second); !want.MatchString(c.screen()); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("%q does not match\n%s\n%q", expression, c.screen(), c.text())
		}
	}
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

//go:build e2e

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"scanmaster/cmd/internal/ground"
)

// seat is a terminal that somebody sits at.
type seat struct {
	keys, terminal *os.File
	was            term.State

	mu    sync.Mutex
	shown strings.Builder
}

func newSeat(t *testing.T) *seat {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(keys.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	err = errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0),
		unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}))
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{keys: keys, terminal: terminal}
	s.was = s.state(t)
	var watching sync.WaitGroup
	watching.Go(func() { _, _ = io.Copy(s, keys) }) // until nobody has the terminal any more
	t.Cleanup(func() {
		_ = terminal.Close()
		watching.Wait()
		_ = keys.Close()
	})
	return s
}

// Write takes in what the terminal shows.
func (s *seat) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.Write(p)
}

// sees tells whether the terminal has shown something.
func (s *seat) sees(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.shown.String(), text)
}

func (s *seat) state(t *testing.T) term.State {
	t.Helper()
	state, err := term.GetState(int(s.terminal.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return *state
}

// start runs the program on the terminal.
func (s *seat) start(t *testing.T, sc *scene, args ...string) *exec.Cmd {
	t.Helper()
	cmd := sc.command(t.Context(), args...)
	s.run(t, cmd)
	return cmd
}

// run runs a command on the terminal.
func (s *seat) run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.terminal, s.terminal, s.terminal
	cmd.Env = append(cmd.Env, "TERM=xterm")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// TestRealAttach looks into the session of a worker twice: it is left by its
// keys and by a signal, goes on, and the terminal is as before.
func TestRealAttach(t *testing.T) {
	f := newFarm(t)
	workers, targets := f.workers(t, 2), f.targets(t, 2)
	m := workers[1]
	f.trust(t, workers...)
	f.write(t, "post.chunk.sh", "#!/bin/sh\nuntil [ -e \"$NOTES/seen\" ]; do sleep 0.1; done\n")
	scan := f.scan(t, targets, f.hosts(workers...), "hooks: {post_chunk: post.chunk.sh}\nSCAN_ENV: {NOTES: "+f.notes+"}\n")
	apply := f.start(t, "apply", scan)
	sessions := func(m *ground.Machine) string { return m.Do(t, "screen -ls || true") }
	await(t, "the session on "+m.Name, func() bool { return strings.Contains(sessions(m), "(Detached)") })

	s := newSeat(t)
	ways := []func(cmd *exec.Cmd) error{
		func(*exec.Cmd) error { _, err := io.WriteString(s.keys, "\x17d"); return err },
		func(cmd *exec.Cmd) error { return cmd.Process.Signal(syscall.SIGTERM) },
	}
	for i, leave := range ways {
		cmd := s.start(t, f.scene, "attach", scan, m.Addr)
		await(t, "the session to be looked into", func() bool { return strings.Contains(sessions(m), "(Attached)") })
		if s.state(t) == s.was {
			t.Error("the terminal is not raw")
		}
		if err := leave(cmd); err != nil {
			t.Fatal(err)
		}
		err := cmd.Wait()
		if want := []int{0, 128 + int(syscall.SIGTERM)}[i]; cmd.ProcessState.ExitCode() != want {
			t.Errorf("it ended with %v, want %d", err, want)
		}
		if s.state(t) != s.was {
			t.Error("the terminal is not as it was")
		}
		await(t, "the session to be left", func() bool { return strings.Contains(sessions(m), "(Detached)") })
	}
	await(t, "screen's last word", func() bool { return s.sees("[detached from ") })
	if err := os.WriteFile(filepath.Join(f.notes, "seen"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := apply.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, read(t, filepath.Join(f.notes, "log")))
	}
	f.wantGreetings(t, targets, 2)
}

package autopw

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"

	"scanmaster/cmd/internal/tty"
	"scanmaster/runner/remote"
)

// Terminal is the user's, raw. Stop ends its reading.
type Terminal interface {
	io.ReadWriter
	Stop() error
	Size() (width, height int, err error)
	Resized() (sizes <-chan remote.Size, stop func())
}

const (
	// quiet is how long nothing may follow a prompt: the end of what was read is
	// not always the end of what was written.
	quiet = 100 * time.Millisecond
	// drain is how long the last words of a command are waited for, where another
	// process holds its terminal open.
	drain = 200 * time.Millisecond
	// grace is how long a command may take to end that was hung up on.
	grace = 5 * time.Second
)

// Run runs a command on a terminal of its own, to its end, and answers its
// prompts. What it asks for the first time the user types, unseen; it is kept for
// the next time, in memory only, and forgotten at the end. All else goes between
// the command and the user as it is. When ctx ends the command is hung up on. The
// error is the command's: *exec.ExitError, or that it can't be started.
func Run(ctx context.Context, cmd *exec.Cmd, user Terminal) error {
	size := &pty.Winsize{}
	if width, height, err := user.Size(); err == nil {
		size = winsize(remote.Size{Width: width, Height: height})
	}
	terminal, err := Start(cmd, size)
	if err != nil {
		return err
	}
	shown, keys, ended, quit := make(chan []byte), make(chan []byte), make(chan error, 1), make(chan struct{})
	sizes, stop := user.Resized()
	s := &session{user: user, cmd: cmd, terminal: terminal, echo: tty.Echo{Terminal: terminal}, calm: time.NewTimer(quiet), shown: shown, keys: keys, sizes: sizes, ended: ended}
	defer s.secrets.forget()
	var group sync.WaitGroup
	group.Go(func() { pass(terminal, shown, quit) })
	group.Go(func() { pass(user, keys, quit) })
	group.Go(func() { ended <- cmd.Wait() })
	err = s.serve(ctx)
	stop()
	close(quit)
	err = errors.Join(err, user.Stop(), terminal.Close())
	group.Wait()
	return err
}

// pass hands on what is read until there is nothing more; it closes the channel
// then.
func pass(from io.Reader, to chan<- []byte, quit <-chan struct{}) {
	defer close(to)
	for {
		buffer := make([]byte, 4<<10)
		n, err := from.Read(buffer)
		if n > 0 {
			select {
			case to <- buffer[:n]:
			case <-quit:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func winsize(s remote.Size) *pty.Winsize {
	return &pty.Winsize{Cols: uint16(s.Width), Rows: uint16(s.Height)} //nolint:gosec // characters of a window
}

// session is between the user and the command. Its loop alone uses it.
type session struct {
	user     Terminal
	cmd      *exec.Cmd
	terminal *os.File // the command's
	echo     tty.Echo
	calm     *time.Timer // when nothing has happened for a while

	shown, keys <-chan []byte
	sizes       <-chan remote.Size
	ended       <-chan error
	over        <-chan time.Time
	result      error

	screen  screen
	secrets secrets
	asked   kind // what the user types just now
	typing  typing
}

// serve returns when the command has ended, and all was shown.
func (s *session) serve(ctx context.Context) error {
	defer s.calm.Stop()
	done := ctx.Done()
	for s.shown != nil || s.ended != nil {
		select {
		case text, ok := <-s.shown:
			s.show(text, ok)
			s.calm.Reset(quiet)
		case <-s.calm.C:
			s.try(s.echo.Show())
			s.answer()
		case keys, ok := <-s.keys:
			s.typed(keys, ok)
		case size := <-s.sizes:
			s.try(pty.Setsize(s.terminal, winsize(size)))
		case s.result = <-s.ended:
			s.ended, s.over = nil, time.After(drain)
		case <-s.over:
			return s.result
		case <-done:
			done = nil
			s.hangUp()
		}
	}
	return s.result
}

// try hangs up where one of the two can't be written to: the command may have
// ended, or the user's terminal is gone.
func (s *session) try(err error) {
	if err != nil {
		s.hangUp()
	}
}

// hangUp has the command's processes end, as when a terminal goes away.
func (s *session) hangUp() {
	if s.ended == nil {
		return
	}
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGHUP) // it may have ended
	time.AfterFunc(grace, func() { _ = s.cmd.Process.Kill() })
}

func (s *session) show(text []byte, ok bool) {
	if !ok {
		s.shown = nil
		return
	}
	_, err := s.user.Write(text)
	s.try(err)
	s.screen.add(text)
	if s.asked != nothing && s.screen.prompt() != s.asked {
		s.asked = nothing // it didn't wait for what is being typed
		s.pass(s.typing.text)
		s.typing.forget()
	}
}

// answer answers the prompt that the command waits behind, if there is one, or
// has the user type what isn't known.
func (s *session) answer() {
	if s.asked != nothing {
		return
	}
	switch kind := s.screen.prompt(); kind {
	case nothing:
	case yes:
		s.send("yes")
	case letter:
		s.send("y")
	case password, passphrase:
		if secret, known := s.secrets.next(kind, s.screen.refused()); known {
			s.sendSecret(secret)
		} else {
			s.asked = kind
		}
	}
}

// send answers a prompt.
func (s *session) send(answer string) {
	s.screen.answered()
	s.pass([]byte(answer + "\n"))
}

// sendSecret answers a prompt with what must not be seen.
func (s *session) sendSecret(secret []byte) {
	s.screen.answered()
	s.try(s.echo.Hide())
	line := append(append(make([]byte, 0, len(secret)+1), secret...), '\n')
	s.pass(line)
	clear(line)
	s.calm.Reset(quiet)
}

// typed passes keys on, unless they are a secret that is asked for: that is kept,
// and sent when it is whole.
func (s *session) typed(keys []byte, ok bool) {
	if !ok {
		s.keys = nil
		s.hangUp() // the user's terminal is gone
		return
	}
	s.answer() // whoever types has seen the prompt
	if s.asked != nothing {
		secret, rest, whole, givenUp := s.typing.take(keys)
		if whole {
			s.secrets.keep(s.asked, secret)
			s.sendSecret(secret)
		}
		if whole || givenUp {
			s.asked = nothing
		}
		keys = rest
	}
	s.pass(keys)
}

// pass passes on what the user has typed.
func (s *session) pass(keys []byte) {
	if len(keys) == 0 {
		return
	}
	_, err := s.terminal.Write(keys)
	s.try(err)
}

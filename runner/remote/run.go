package remote

import (
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/crypto/ssh"
)

// Command is what to run on a host.
type Command struct {
	// Line is given to the account's shell; "" asks for the login shell
	// itself, which then reads Stdin (RFC 4254, section 6.5).
	Line string
	// Stdin is sent as the host takes it; nil is empty. A command may end
	// before it has read all of it, so that it may still be read when Run
	// returns, but not after Close.
	Stdin io.Reader
	// Stdout and Stderr get the output as it comes, from two goroutines;
	// nil drops it. What they don't take in, the host has to hold back.
	Stdout, Stderr io.Writer
	// Terminal is one to run it on; nil is none. The end of Stdin is then
	// not told to the command, which has keys of its own for that.
	Terminal *Terminal
	// Timeout bounds the whole of it; zero or less is none.
	Timeout time.Duration
	// Idle bounds the time in which nothing comes on Stdout and Stderr, and
	// nothing is taken from Stdin; zero or less is none.
	Idle time.Duration
	// Grace is how long a command that one of these bounds ends, or ctx, may
	// take to end by itself after a SIGTERM; zero or less closes the
	// connection at once and leaves it to the host what becomes of the
	// command.
	Grace time.Duration
}

// Exit is how a command ended.
type Exit struct {
	// Status is its exit status; -1 where there is none.
	Status int
	// Signal is what killed it, without "SIG", as the host names it; empty
	// where nothing did.
	Signal string
}

// Run runs a command and passes its output on until it has ended.
//
// An error ends the connection, but for KindDenied. The Exit is valid beside
// an error too: what a script left running in the background can hold its
// output open until the deadline when its own status has long been told. A
// status and the end of the output count even where the connection is lost
// right after them, as some servers close it at once.
func (c *Conn) Run(ctx context.Context, cmd Command) (Exit, error) {
	ctx, quiet := newIdle(ctx, cmd.Idle)
	defer quiet.stop()
	s := newSession(c, quiet)
	l := newLimit(ctx, cmd.Timeout, func() { s.end(cmd.Grace) })
	err := s.run(cmd)
	close(s.over)
	exit := s.ending()
	if struck := l.release(PhaseRun); struck != nil {
		return exit, struck
	}
	return exit, err
}

// run starts the command and sees it through.
func (s *session) run(cmd Command) error {
	channel, requests, err := s.conn.ssh.OpenChannel("session", nil)
	if denied := new(ssh.OpenChannelError); errors.As(err, &denied) {
		return &Error{Phase: PhaseRun, Kind: KindDenied, Err: err}
	}
	if err != nil {
		return s.lost(err)
	}
	s.opened(channel)
	s.conn.running.Go(func() { s.follow(requests) })
	if err := s.start(cmd); err != nil {
		return err
	}
	s.conn.running.Go(func() { s.feed(cmd.Stdin) })
	if err := s.drain(cmd.Stdout, cmd.Stderr); err != nil {
		return err
	}
	select {
	case <-s.told:
	case <-s.gone:
	}
	if exit := s.ending(); exit.Status < 0 && exit.Signal == "" {
		return s.lost(io.EOF)
	}
	_ = channel.Close() // mostly the host did so first
	return s.failure()
}

// start asks for the terminal, where one is wanted, and for the command.
func (s *session) start(cmd Command) error {
	if cmd.Terminal != nil {
		given, err := cmd.Terminal.ask(s.channel)
		if err != nil {
			return s.lost(err)
		}
		if !given {
			return s.denied("the host gives no terminal")
		}
		s.conn.running.Go(func() { cmd.Terminal.resize(s) })
	}
	started, err := ask(s.channel, cmd.Line)
	if err != nil {
		return s.lost(err)
	}
	if !started {
		return s.denied("the host does not start the command")
	}
	return nil
}

// ask asks for the command, and reports whether it was started.
func ask(channel ssh.Channel, line string) (bool, error) {
	if line == "" {
		return channel.SendRequest("shell", true, nil)
	}
	return channel.SendRequest("exec", true, ssh.Marshal(&struct{ Line string }{line}))
}

// denied is the error of a command that the host doesn't start.
func (s *session) denied(text string) error {
	_ = s.channel.Close() // it has nothing to say any more
	return &Error{Phase: PhaseRun, Kind: KindDenied, Err: errors.New(text)}
}

// lost is the error of a command whose status will not come.
func (s *session) lost(noticed error) error {
	if err := s.failure(); err != nil {
		return err
	}
	return &Error{Phase: PhaseRun, Kind: KindLost, Err: s.conn.lost(noticed)}
}

package fleet

import (
	"context"
	"io"
	"sync"

	"golang.org/x/crypto/ssh"
)

// session is one channel of one client in which one command may run.
type session struct {
	fleet   *Fleet
	server  *ssh.ServerConn
	channel ssh.Channel
	how     Behaviour
	ctx     context.Context // ends when the channel or the fleet does

	terminal *terminal // nil without
	begun    bool

	mu    sync.Mutex
	group int // the process group of what runs; 0 while nothing does
}

// session takes up a channel and waits until it is closed.
func (f *Fleet) session(server *ssh.ServerConn, opened ssh.NewChannel, b Behaviour) {
	channel, requests, err := opened.Accept()
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	s := &session{fleet: f, server: server, channel: channel, how: b, ctx: ctx}
	defer func() { s.terminal.close() }()
	for r := range requests {
		then, ok := s.take(r)
		if r.WantReply {
			_ = r.Reply(ok, nil) // a lost client ends the loop
		}
		if then != nil {
			f.running.Go(then)
		}
	}
}

// take judges a request, and gives what is to be done after its answer.
func (s *session) take(r *ssh.Request) (then func(), ok bool) {
	if r.Type == "window-change" {
		return nil, s.terminal.resize(r)
	}
	if r.Type == "signal" {
		s.pass(r)
		return nil, false
	}
	if s.begun || s.how.Kind == Denies {
		return nil, false
	}
	if r.Type == "pty-req" {
		return nil, s.giveTerminal(r)
	}
	if wantsSFTP(r) && !s.fleet.cfg.NoSFTP {
		s.begun = true
		return s.sftp, true
	}
	line, ok := command(r)
	if !ok {
		return nil, false
	}
	s.begun = true
	s.fleet.begun(s.server.LocalAddr())
	if s.how.Kind == Chatters {
		s.chatter()
	}
	return func() { s.perform(line) }, true
}

// command is the line that a request wants to run; "" is the login shell.
func command(r *ssh.Request) (line string, ok bool) {
	switch r.Type {
	case "shell": // RFC 4254, section 6.5
		return "", true
	case "exec":
		var msg struct{ Line string }
		if ssh.Unmarshal(r.Payload, &msg) != nil {
			return "", false
		}
		return msg.Line, true
	default:
		return "", false
	}
}

// perform does with a command what the server's behaviour asks for.
func (s *session) perform(line string) {
	switch s.how.Kind {
	case NeverReads:
		<-s.ctx.Done()
	case NeverEnds:
		_, _ = io.Copy(io.Discard, s.channel)
		<-s.ctx.Done()
	case CutsLine:
		_, _ = s.channel.Write(s.how.Stdout)
		_ = s.server.Close()
	case NoStatus:
		_, _ = s.channel.Write(s.how.Stdout)
		_ = s.channel.Close()
	case NoClose:
		_, _ = s.channel.Write(s.how.Stdout)
		s.status(s.how.Status)
		_ = s.channel.CloseWrite()
	case ExitsEarly:
		_, _ = s.channel.Write(s.how.Stdout)
		s.status(s.how.Status)
		s.finish()
	case Signals:
		_, _ = io.Copy(io.Discard, s.channel)
		s.signal(s.how.Signal)
		s.finish()
	case Canned, Chatters:
		s.canned()
	default:
		s.shell(line)
	}
}

// canned answers from memory once it has read all of its stdin.
func (s *session) canned() {
	_, _ = io.Copy(io.Discard, s.channel)
	_, _ = s.channel.Write(s.how.Stdout)
	s.status(s.how.Status)
	s.finish()
}

// chatter sends more requests than a client that ignores them has room for.
func (s *session) chatter() {
	for range 40 {
		_, _, _ = s.server.SendRequest("hostkeys-00@openssh.com", false, nil)
		_, _, _ = s.server.SendRequest("keepalive@openssh.com", true, nil)
		_, _ = s.channel.SendRequest("keepalive@openssh.com", true, nil)
		_, _ = s.channel.SendRequest("eow@openssh.com", false, nil)
		_, _, _ = s.server.OpenChannel("forwarded-tcpip", nil)
	}
}

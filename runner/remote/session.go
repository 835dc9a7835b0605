package remote

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"golang.org/x/crypto/ssh"
)

// session is one command on a connection.
type session struct {
	conn *Conn
	idle *idle
	told chan struct{} // closed when the host has told how it ended
	gone chan struct{} // closed when the host has closed the channel
	over chan struct{} // closed when nothing more is made of it

	mu      sync.Mutex
	channel ssh.Channel // set once, by run; nil until it is open
	exit    Exit
	err     error // the first failure of a reader or writer of the caller's
}

func newSession(c *Conn, quiet *idle) *session {
	return &session{
		conn: c, idle: quiet, exit: Exit{Status: -1},
		told: make(chan struct{}), gone: make(chan struct{}), over: make(chan struct{}),
	}
}

// follow hears what the host tells about the command until it closes the
// channel (RFC 4254, section 6.10). The first word about the end counts.
func (s *session) follow(requests <-chan *ssh.Request) {
	defer close(s.gone)
	known := false
	for r := range requests {
		exit, ok := endOf(r)
		if r.WantReply {
			_ = r.Reply(ok, nil) // a lost line ends the loop
		}
		if !ok || known {
			continue
		}
		known = true
		s.mu.Lock()
		s.exit = exit
		s.mu.Unlock()
		close(s.told)
	}
}

// endOf reads what a request tells about the end of a command, if it does.
func endOf(r *ssh.Request) (Exit, bool) {
	switch r.Type {
	case "exit-status":
		if len(r.Payload) < 4 {
			return Exit{}, false
		}
		return Exit{Status: int(binary.BigEndian.Uint32(r.Payload))}, true
	case "exit-signal":
		var msg struct {
			Name     string
			Core     bool
			Text     string
			Language string
		}
		if ssh.Unmarshal(r.Payload, &msg) != nil || msg.Name == "" {
			return Exit{}, false
		}
		return Exit{Status: -1, Signal: msg.Name}, true
	default:
		return Exit{}, false
	}
}

// ending is how the command ended, as far as that is known.
func (s *session) ending() Exit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exit
}

// feed sends stdin. That the host takes no more of it is no failure: it has
// its own word for how the command ended.
func (s *session) feed(stdin io.Reader) {
	if stdin != nil {
		_, readErr := pump(s.idle.heard(s.channel), stdin)
		if readErr != nil {
			// Half a script must not look like a whole one.
			s.fail(readErr)
			return
		}
	}
	_ = s.channel.CloseWrite()
}

// drain passes the output on until there is no more.
func (s *session) drain(stdout, stderr io.Writer) error {
	var second sync.WaitGroup
	second.Go(func() { s.pass(stderr, s.channel.Stderr()) })
	s.pass(stdout, s.channel)
	second.Wait()
	return s.failure()
}

func (s *session) pass(to io.Writer, from io.Reader) {
	if to == nil {
		to = io.Discard
	}
	writeErr, readErr := pump(s.idle.heard(to), from)
	if writeErr != nil {
		s.fail(writeErr)
	}
	if readErr != nil {
		s.conn.cut() // the line is lost; no status will come
	}
}

// fail ends the connection because this side can't go on.
func (s *session) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = &Error{Phase: PhaseRun, Kind: KindLocal, Err: err}
	}
	s.conn.cut()
}

func (s *session) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// buffers are for pump; a packet of SSH holds 32 KiB.
var buffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// pump copies until either side fails, and tells which one did. The end of
// from is no failure.
func pump(to io.Writer, from io.Reader) (writeErr, readErr error) {
	buffer := buffers.Get().(*[32 << 10]byte)
	defer buffers.Put(buffer)
	for {
		n, err := from.Read(buffer[:])
		if n > 0 {
			m, failed := to.Write(buffer[:n])
			if failed == nil && m < n {
				failed = io.ErrShortWrite
			}
			if failed != nil {
				return failed, nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

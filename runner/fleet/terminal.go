package fleet

import (
	"os"

	"golang.org/x/crypto/ssh"
)

// size is that of a terminal, as it is sent.
type size struct{ Columns, Rows, WidthPixels, HeightPixels uint32 }

// terminal is what a client asked for to run its command on.
type terminal struct {
	term         string
	ours, theirs *os.File
}

// openFor makes the terminal of a pty-req (RFC 4254, section 6.2). The modes are
// left as they are.
func openFor(r *ssh.Request) (*terminal, error) {
	var msg struct {
		Term                                     string
		Columns, Rows, WidthPixels, HeightPixels uint32
		Modes                                    string
	}
	if err := ssh.Unmarshal(r.Payload, &msg); err != nil {
		return nil, err
	}
	t := &terminal{term: msg.Term}
	var err error
	if t.ours, t.theirs, err = openTerminal(); err != nil {
		return nil, err
	}
	if err := setSize(t.ours, size{Columns: msg.Columns, Rows: msg.Rows}); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// resize follows a window-change (RFC 4254, section 6.7).
func (t *terminal) resize(r *ssh.Request) bool {
	var msg size
	return t != nil && ssh.Unmarshal(r.Payload, &msg) == nil && setSize(t.ours, msg) == nil
}

// close closes both ends; it may be called more than once.
func (t *terminal) close() {
	if t != nil {
		_, _ = t.ours.Close(), t.theirs.Close()
	}
}

// giveTerminal opens the terminal that a client asks for, one a session.
func (s *session) giveTerminal(r *ssh.Request) bool {
	if s.terminal != nil {
		return false
	}
	t, err := openFor(r)
	if err != nil {
		return false
	}
	s.terminal = t
	return true
}

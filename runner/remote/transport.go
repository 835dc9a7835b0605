package remote

import (
	"errors"
	"net"
	"sync/atomic"
)

// maxLogin is how much a host may send before somebody is logged in, in bytes:
// enough for any key exchange and for a long banner. x/crypto keeps what it
// has queued when a login fails, for as long as the process lives.
const maxLogin = 256 << 10

var errTooMuch = errors.New("the host says too much before it lets anyone in")

// transport is a connection whose first bytes have been read already, and that
// is bounded in what it reads until somebody is logged in.
type transport struct {
	net.Conn
	head     []byte
	heard    int // bytes read before the login
	loggedIn atomic.Bool
}

// Read gives the first bytes again, and then what comes.
func (t *transport) Read(p []byte) (int, error) {
	if len(t.head) > 0 {
		n := copy(p, t.head)
		t.head = t.head[n:]
		return n, nil
	}
	n, err := t.Conn.Read(p)
	if !t.loggedIn.Load() {
		if t.heard += n; t.heard > maxLogin {
			return 0, errTooMuch
		}
	}
	return n, err
}

package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// clientIdent is what the host reads of us, and may log.
const clientIdent = "SSH-2.0-scanmaster"

// Login is how to get in.
type Login struct {
	User string
	// Auth are the methods to offer. Of each kind the first one counts: keys
	// of several sources belong into one, as PublicKeys makes it.
	Auth []ssh.AuthMethod
	// HostKeys judges the host's key; it must be given.
	HostKeys HostKeys
	// Algorithms are all that may be used, best first: KeyExchanges, Ciphers,
	// MACs and HostKeys. Of which there are none, the library's own hold. The
	// library leaves out what it doesn't know, and whatever is left holds.
	Algorithms ssh.Algorithms
	// Timeout bounds key exchange and authentication together; zero or less
	// is none.
	Timeout time.Duration
}

// Login does the key exchange and authenticates. It takes over the connection:
// whatever comes of it, r is not to be used any more.
func (r *Reached) Login(ctx context.Context, how Login) (*Conn, error) {
	if how.HostKeys == nil {
		_ = r.conn.Close()
		return nil, &Error{Phase: PhaseAuth, Kind: KindLocal, Err: errors.New("nothing to judge host keys by")}
	}
	if !strings.HasPrefix(r.ident, "SSH-2.0-") && !strings.HasPrefix(r.ident, "SSH-1.99-") {
		_ = r.conn.Close()
		return nil, &Error{Phase: PhaseAuth, Kind: KindProtocol, Err: fmt.Errorf("%q is not version 2 of SSH", r.ident)}
	}
	judge := &judge{keys: how.HostKeys, address: r.address}
	l := newLimit(ctx, how.Timeout, func() { _ = r.conn.Close() })
	conn, channels, requests, err := ssh.NewClientConn(r.conn, r.address, how.config(r.address, judge))
	struck := l.release(PhaseAuth)
	if err != nil {
		if struck == nil {
			struck = judge.explain(err)
		}
		return nil, struck
	}
	r.conn.loggedIn.Store(true)
	c := newConn(conn, r.conn, channels, requests)
	if struck != nil {
		_ = c.Close() // it is closed but for its goroutines
		return nil, struck
	}
	return c, nil
}

// config is the same in the library's terms.
func (l Login) config(address string, judge *judge) *ssh.ClientConfig {
	return &ssh.ClientConfig{
		Config: ssh.Config{
			KeyExchanges: l.Algorithms.KeyExchanges, Ciphers: l.Algorithms.Ciphers, MACs: l.Algorithms.MACs,
		},
		User:              l.User,
		Auth:              l.Auth,
		ClientVersion:     clientIdent,
		HostKeyCallback:   judge.check,
		HostKeyAlgorithms: l.HostKeys.Algorithms(address, l.Algorithms.HostKeys),
	}
}

// judge remembers what came of the host key, which x/crypto's errors don't tell.
type judge struct {
	keys    HostKeys
	address string

	mu       sync.Mutex // keys are exchanged on a goroutine of the library's
	accepted bool
	err      error
}

func (j *judge) check(_ string, remote net.Addr, key ssh.PublicKey) error {
	err := j.keys.Check(j.address, remote, key)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.accepted, j.err = err == nil, err
	return err
}

// explain tells what a failed handshake means.
func (j *judge) explain(err error) *Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	e := &Error{Phase: PhaseAuth, Kind: KindProtocol, Err: err}
	none := new(ssh.AlgorithmNegotiationError)
	switch {
	case j.err != nil:
		e.Kind, e.Err = KindHostKey, j.err
	case errors.Is(err, errAgent):
		e.Kind = KindLocal
	case isLine(err):
		e.Kind = KindLost
	case errors.Is(err, errTooMuch):
	case errors.As(err, &none):
		e.Err = &NoCommonError{What: none.What, Theirs: withoutIndicators(none.RequestedAlgorithms), Ours: withoutIndicators(none.SupportedAlgorithms)}
		if none.What == "host key" {
			e.Kind = KindHostKey
		}
	case j.accepted:
		e.Kind = KindAuth
	}
	return e
}

// Package host is a worker host: looked at, given what it needs, started on,
// and asked about. It speaks to the host by small shell scripts, so that
// nothing has to be installed there but sshd and screen.
package host

import (
	"cmp"
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

// What holds where Config says nothing.
const (
	defaultPort      = 22 // RFC 4253, section 4.1
	defaultConnect   = 10 * time.Second
	defaultHandshake = 20 * time.Second
	defaultKeepAlive = 15 * time.Second
	defaultAnswer    = 60 * time.Second
)

// Config says how to get to a worker host.
type Config struct {
	Worker plan.Worker
	// HostKeys judges the host's key.
	HostKeys remote.HostKeys
	// Auth are the methods to offer, as in remote.Login.
	Auth []ssh.AuthMethod
	// User is who logs in where Worker names nobody.
	User string
	// Algorithms are as in remote.Login.
	Algorithms ssh.Algorithms
	// Jump is the host that it is reached through, closed with the host; nil where it
	// is reached directly.
	Jump *remote.Jump
	// Log gets what is worth knowing and no failure; nil drops it.
	Log func(format string, args ...any)
	// Connect and Handshake bound the way in, KeepAlive is the time between
	// two questions whether the host is still there, and Answer bounds each
	// look at it. Zero is a default.
	Connect, Handshake, KeepAlive, Answer time.Duration
}

// Host is a worker host that one is logged in to. It may be used by several
// goroutines at a time. Its owner closes it.
type Host struct {
	conn   conn
	jump   *remote.Jump // nil where there is none
	log    func(string, ...any)
	answer time.Duration
}

// Dial logs in to a worker host. The error is a *remote.Error. The caller
// closes the host.
func Dial(ctx context.Context, c Config) (*Host, error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	h := &Host{conn: conn, jump: c.Jump, log: c.Log, answer: cmp.Or(c.Answer, defaultAnswer)}
	if h.log == nil {
		h.log = func(string, ...any) {}
	}
	return h, nil
}

// dial logs in, through another host where there is one.
func (c Config) dial(ctx context.Context) (*remote.Conn, error) {
	way := remote.HostConfig{
		Address:    address(c.Worker),
		User:       cmp.Or(c.Worker.User, c.User),
		Auth:       c.Auth,
		HostKeys:   c.HostKeys,
		Algorithms: c.Algorithms,
		Connect:    cmp.Or(c.Connect, defaultConnect),
		Handshake:  cmp.Or(c.Handshake, defaultHandshake),
		KeepAlive:  cmp.Or(c.KeepAlive, defaultKeepAlive),
	}
	if c.Jump == nil {
		return remote.Dial(ctx, way)
	}
	conn, err := remote.DialThrough(ctx, c.Jump, way)
	if err != nil {
		_ = c.Jump.Close() // it gives no error
	}
	return conn, err
}

// Close ends the connection. What was launched goes on.
func (h *Host) Close() error {
	err := h.conn.Close()
	if h.jump != nil {
		err = errors.Join(err, h.jump.Close())
	}
	return err
}

// address is where a worker's SSH server listens.
func address(w plan.Worker) string {
	port := w.Port
	if port == 0 {
		port = defaultPort
	}
	return net.JoinHostPort(w.Host, strconv.Itoa(port))
}

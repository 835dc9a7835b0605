package remote

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/ssh"
)

// Conn is a host that one is logged in to. Several commands may run on it at a
// time. It is closed by its owner.
type Conn struct {
	ssh       ssh.Conn
	transport net.Conn
	running   sync.WaitGroup
	ended     chan struct{}         // closed when the connection has ended
	reason    atomic.Pointer[error] // why this side gave it up, if it did
}

func newConn(conn ssh.Conn, transport net.Conn, channels <-chan ssh.NewChannel, requests <-chan *ssh.Request) *Conn {
	c := &Conn{ssh: conn, transport: transport, ended: make(chan struct{})}
	c.running.Go(func() {
		decline(channels, requests)
		close(c.ended)
	})
	return c
}

// Ident is the host's identification, as Reached.Ident.
func (c *Conn) Ident() string { return string(c.ssh.ServerVersion()) }

// decline turns down what the host asks for, until the connection ends. Much
// of it is harmless, as hostkeys-00@openssh.com; unread it would block all.
func decline(channels <-chan ssh.NewChannel, requests <-chan *ssh.Request) {
	for channels != nil || requests != nil {
		select {
		case opened, ok := <-channels:
			if !ok {
				channels = nil
				continue
			}
			_ = opened.Reject(ssh.Prohibited, "not here") // a lost line ends both
		case r, ok := <-requests:
			if !ok {
				requests = nil
				continue
			}
			if r.WantReply {
				_ = r.Reply(false, nil)
			}
		}
	}
}

// cut ends the connection at once; what still runs on it fails.
func (c *Conn) cut() { _ = c.transport.Close() }

// giveUp ends the connection at once, and says why; the first word counts.
func (c *Conn) giveUp(why error) {
	c.reason.CompareAndSwap(nil, &why)
	c.cut()
}

// lost ends the connection and tells why: what ended it is more telling than
// what was noticed of it.
func (c *Conn) lost(noticed error) error {
	c.cut()
	err := c.ssh.Wait()
	if why := c.reason.Load(); why != nil {
		return *why
	}
	switch {
	case err == nil:
		return noticed
	case errors.Is(err, io.EOF):
		return errors.New("the host closed the connection")
	case errors.Is(err, net.ErrClosed):
		return errors.New("the host ended the session without an exit status")
	}
	return err
}

// Close ends the connection and all that runs on it, and waits until nothing
// of it is left; a Stdin whose Read hangs holds it up. It may be called more
// than once, and gives no error: what was lost has been told by Run.
func (c *Conn) Close() error {
	c.cut()
	_ = c.ssh.Wait() // tells that we closed it
	c.running.Wait()
	return nil
}

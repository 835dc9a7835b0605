package remote

import (
	"net"
	"sync"

	"golang.org/x/crypto/ssh"
)

// Conn is a host that one is logged in to. Several commands may run on it at a
// time. It is closed by its owner.
type Conn struct {
	ssh       ssh.Conn
	transport net.Conn
	running   sync.WaitGroup
}

func newConn(conn ssh.Conn, transport net.Conn, channels <-chan ssh.NewChannel, requests <-chan *ssh.Request) *Conn {
	c := &Conn{ssh: conn, transport: transport}
	c.running.Go(func() { decline(channels, requests) })
	return c
}

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

// Close ends the connection and all that runs on it, and waits until nothing
// of it is left; a Stdin whose Read hangs holds it up. It may be called more
// than once, and gives no error: what was lost has been told by Run.
func (c *Conn) Close() error {
	c.cut()
	_ = c.ssh.Wait() // tells that we closed it
	c.running.Wait()
	return nil
}

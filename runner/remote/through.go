package remote

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// through opens a connection from the host to another address (RFC 4254, section
// 7.2). It ends with the connection to the host. The error is an *Error: what the
// host says of the address, or that the line to the host is lost.
func (c *Conn) through(ctx context.Context, address string) (net.Conn, error) {
	host, digits, err := net.SplitHostPort(address)
	port, notNumber := strconv.ParseUint(digits, 10, 16)
	if err = errors.Join(err, notNumber); err != nil {
		return nil, &Error{Phase: PhaseResolve, Kind: KindResolve, Err: err}
	}
	type opened struct {
		channel ssh.Channel
		err     error
	}
	came := make(chan opened, 1)
	c.running.Go(func() {
		channel, requests, err := c.ssh.OpenChannel("direct-tcpip", ssh.Marshal(&struct {
			Host       string
			Port       uint32
			Origin     string
			OriginPort uint32
		}{host, uint32(port), "127.0.0.1", 0}))
		if err == nil {
			c.running.Go(func() { ssh.DiscardRequests(requests) })
		}
		came <- opened{channel, err}
	})
	select {
	case o := <-came:
		if o.err != nil {
			return nil, c.notThrough(o.err)
		}
		return &piped{Channel: o.channel, to: address}, nil
	case <-ctx.Done():
		c.running.Go(func() {
			if o := <-came; o.err == nil {
				_ = o.channel.Close() // nobody wants it any more
			}
		})
		return nil, limitError(ctx, PhaseConnect)
	}
}

// notThrough sorts why a host opens no connection. Why it couldn't, it says in words
// alone, which are those of the system's errors.
func (c *Conn) notThrough(err error) *Error {
	e := &Error{Phase: PhaseConnect, Kind: KindLost, Err: err}
	refused := new(ssh.OpenChannelError)
	switch {
	case !errors.As(err, &refused):
	case refused.Reason != ssh.ConnectionFailed:
		e.Kind = KindDenied
	case strings.Contains(strings.ToLower(refused.Message), "refused"):
		e.Kind = KindRefused
	case strings.Contains(strings.ToLower(refused.Message), "timed out"):
		e.Kind = KindTimeout
	default:
		e.Kind = KindUnreachable
	}
	return e
}

// piped is a connection that goes through a host. What bounds it closes it.
type piped struct {
	ssh.Channel
	to string
}

// LocalAddr is not known: it is the host's.
func (p *piped) LocalAddr() net.Addr { return &net.TCPAddr{} }

// RemoteAddr is what was asked for, where that was an address.
func (p *piped) RemoteAddr() net.Addr {
	at, _ := netip.ParseAddrPort(p.to)
	return net.TCPAddrFromAddrPort(at)
}

// SetDeadline and its like can't be had here.
func (p *piped) SetDeadline(time.Time) error      { return errors.ErrUnsupported }
func (p *piped) SetReadDeadline(time.Time) error  { return errors.ErrUnsupported }
func (p *piped) SetWriteDeadline(time.Time) error { return errors.ErrUnsupported }

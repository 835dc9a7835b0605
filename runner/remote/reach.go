// Package remote runs one command on one host over SSH; it knows nothing of
// scans. A host is reached, logged in to, and then told what to run; each of
// these phases has a deadline that ends it for sure, by closing the transport.
package remote

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// ReachTimeouts are the deadlines of Reach, each counted from the beginning of
// its phase. Zero or less is none.
type ReachTimeouts struct {
	Connect time.Duration // name and TCP
	Banner  time.Duration // from there to the whole identification
}

// Reached is a host that speaks SSH, before the key exchange. It is closed by
// Close, or taken over by Login.
type Reached struct {
	conn            *transport
	address         string
	ident           string
	connect, banner time.Duration
}

// Reach connects to address ("host:port") and waits for the identification
// that an SSH server sends first (RFC 4253, section 4.2), for which up to 50
// lines and 8 KiB of other text may come before. What was read is handed on to
// the handshake, so that one connection serves all.
//
// A peer that said something else is KindNotSSH, also where the deadline or
// the end of the connection kept it from going on; one that has said nothing
// is KindTimeout or KindLost. Bytes that dribble in don't move the deadline.
func Reach(ctx context.Context, address string, t ReachTimeouts) (*Reached, error) {
	return reach(ctx, address, address, t)
}

// ReachAt does so for a host whose address was found already: it is connected to
// at, and its key is the one of address ("host:port").
func ReachAt(ctx context.Context, at netip.AddrPort, address string, t ReachTimeouts) (*Reached, error) {
	return reach(ctx, at.String(), address, t)
}

// reach connects to what dialled says, a host whose key is that of address.
func reach(ctx context.Context, dialled, address string, t ReachTimeouts) (*Reached, error) {
	return greet(ctx, address, t, func(ctx context.Context) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", dialled)
		if err != nil {
			return nil, dialFailed(ctx, err)
		}
		return conn, nil
	})
}

// greet connects, and waits for the identification.
func greet(ctx context.Context, address string, t ReachTimeouts, connect func(context.Context) (net.Conn, error)) (*Reached, error) {
	began := time.Now()
	conn, err := within(ctx, t.Connect, connect)
	if err != nil {
		return nil, err
	}
	connected := time.Now()
	var g greeting
	l := newLimit(ctx, t.Banner, func() { _ = conn.Close() })
	readErr := g.read(conn)
	if struck := l.release(PhaseBanner); struck != nil {
		if struck.Kind == KindTimeout && g.lines > 0 {
			return nil, &Error{Phase: PhaseBanner, Kind: KindNotSSH, Err: g.notSSH()}
		}
		return nil, struck
	}
	if readErr != nil {
		_ = conn.Close() // the reading told what is wrong
		if drop := dropped(conn, &g, readErr); drop != nil {
			return nil, drop
		}
		return nil, bannerError(readErr)
	}
	return &Reached{
		conn:    &transport{Conn: conn, head: g.rest()},
		address: address,
		ident:   g.ident(),
		connect: connected.Sub(began),
		banner:  time.Since(connected),
	}, nil
}

// within bounds the time that it takes to connect.
func within(ctx context.Context, timeout time.Duration, connect func(context.Context) (net.Conn, error)) (net.Conn, error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, &deadlineError{timeout})
		defer cancel()
	}
	return connect(ctx)
}

// Resolve gives the address that a name stands for, the first where it has several;
// an address stands for itself. The error is an *Error. A timeout of zero or less
// is none.
func Resolve(ctx context.Context, host string, timeout time.Duration) (netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap(), nil // LookupNetIP would lose its zone
	}
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, &deadlineError{timeout})
		defer cancel()
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err == nil && len(found) == 0 {
		err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	}
	if err != nil {
		return netip.Addr{}, dialFailed(ctx, err)
	}
	return found[0].Unmap(), nil
}

// dialFailed tells what it means that a host was not connected to while ctx held.
func dialFailed(ctx context.Context, err error) *Error {
	e := dialError(err)
	if until, ok := ctx.Deadline(); ok && !time.Now().Before(until) {
		<-ctx.Done() // the dialer may notice the same deadline first
	}
	if ctx.Err() != nil && e.Kind != KindRefused && e.Kind != KindUnreachable {
		e = limitError(ctx, e.Phase)
	}
	return e
}

func bannerError(err error) *Error {
	e := &Error{Phase: PhaseBanner, Kind: KindLost, Err: err}
	if not := new(NotSSHError); errors.As(err, &not) {
		e.Kind = KindNotSSH
	}
	return e
}

// Timing is how long it took to connect, the name included, and from then to
// the identification.
func (r *Reached) Timing() (connect, banner time.Duration) { return r.connect, r.banner }

// Ident is the peer's identification, as "SSH-2.0-OpenSSH_9.2p1", raw: what
// stands in it is the peer's choice.
func (r *Reached) Ident() string { return r.ident }

// Close ends the connection. After Login it must not be called.
func (r *Reached) Close() error { return r.conn.Close() }

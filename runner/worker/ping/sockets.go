package ping

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/net/icmp"
)

// pair is a socket for each address family.
type pair struct {
	v4, v6 *socket
	// err6 says why there is no v6, err4 why there is no v4.
	err4, err6 error
}

// Sockets gives a pinger with ICMP sockets of its own, one for each address
// family. A machine that lacks a family can't ping its addresses, which is no
// error here; that sockets are refused is.
func Sockets() (Pinger, error) {
	p := new(pair)
	p.v4, p.err4 = openSocket(family4)
	p.v6, p.err6 = openSocket(family6)
	if denied(p.err4) || denied(p.err6) || (p.err4 != nil && p.err6 != nil) {
		return nil, errors.Join(p.err4, p.err6, p.Close())
	}
	return p, nil
}

// openSocket tries the unprivileged kind of socket first.
func openSocket(f family) (*socket, error) {
	conn, err := icmp.ListenPacket(f.datagram, f.all)
	if err == nil {
		widen(conn)
		return newSocket(f, conn, asDatagram), nil
	}
	raw, rawErr := icmp.ListenPacket(f.raw, f.all)
	if rawErr == nil {
		widen(raw)
		onlyReplies(raw)
		return newSocket(f, raw, asRaw), nil
	}
	return nil, fmt.Errorf("ICMP socket: %w", errors.Join(err, rawErr))
}

// Ping asks over the socket of the address's family.
func (p *pair) Ping(ctx context.Context, addr netip.Addr) error {
	addr = addr.Unmap()
	s, err := p.v4, p.err4
	if addr.Is6() {
		s, err = p.v6, p.err6
	}
	if s == nil {
		return err
	}
	return s.ping(ctx, addr)
}

// How names the kind of the sockets.
func (p *pair) How() string {
	s := p.v4
	if s == nil {
		s = p.v6
	}
	if s.peer(netip.IPv6Loopback()).Network() == "udp" {
		return "an unprivileged ICMP socket"
	}
	return "a raw ICMP socket"
}

// Close ends both sockets.
func (p *pair) Close() error {
	var errs []error
	for _, s := range []*socket{p.v4, p.v6} {
		if s != nil {
			errs = append(errs, s.close())
		}
	}
	return errors.Join(errs...)
}

// asDatagram is an address as unprivileged sockets have it, asRaw as raw ones.
func asDatagram(a netip.Addr) net.Addr { return &net.UDPAddr{IP: a.AsSlice(), Zone: a.Zone()} }

func asRaw(a netip.Addr) net.Addr { return &net.IPAddr{IP: a.AsSlice(), Zone: a.Zone()} }

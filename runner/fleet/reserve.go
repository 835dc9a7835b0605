package fleet

import (
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// reserved is a socket that is bound: nobody else can take its port.
type reserved int

// Close gives the port back.
func (r reserved) Close() error { return unix.Close(int(r)) }

// reserve takes a port on which nobody is served. Unless it listens, it
// refuses connections; else its queue of one is filled, so that all others get
// no answer.
func (f *Fleet) reserve(addr netip.AddrPort, listens bool) (netip.AddrPort, error) {
	fd, err := bound(addr)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("reserve %s: %w", addr, err)
	}
	if err := f.track(reserved(fd)); err != nil {
		return netip.AddrPort{}, err
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("reserve %s: %w", addr, err)
	}
	addr = netip.AddrPortFrom(addr.Addr(), portOf(name))
	if !listens {
		return addr, nil
	}
	if err := unix.Listen(fd, 0); err != nil {
		return netip.AddrPort{}, fmt.Errorf("reserve %s: %w", addr, err)
	}
	filler, err := new(net.Dialer).DialContext(f.ctx, "tcp", addr.String())
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("reserve %s: %w", addr, err)
	}
	return addr, f.track(filler)
}

// bound is a socket that is bound to addr.
func bound(addr netip.AddrPort) (fd int, err error) {
	family, local := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Port: int(addr.Port()), Addr: addr.Addr().As16()})
	if ip := addr.Addr().Unmap(); ip.Is4() {
		family, local = unix.AF_INET, &unix.SockaddrInet4{Port: int(addr.Port()), Addr: ip.As4()}
	}
	fd, err = unix.Socket(family, unix.SOCK_STREAM, 0)
	if err != nil {
		return 0, err
	}
	unix.CloseOnExec(fd)
	if err := unix.Bind(fd, local); err != nil {
		_ = unix.Close(fd)
		return 0, err
	}
	return fd, nil
}

func portOf(a unix.Sockaddr) uint16 {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return uint16(a.Port)
	case *unix.SockaddrInet6:
		return uint16(a.Port)
	default:
		return 0
	}
}

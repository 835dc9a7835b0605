package fleet

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// acceptPause is waited after a failed accept, which is mostly a lack of file
// descriptors that passes.
const acceptPause = 10 * time.Millisecond

func (f *Fleet) listen(addr netip.AddrPort, b Behaviour) (netip.AddrPort, error) {
	if !addr.Addr().Unmap().IsLoopback() {
		return netip.AddrPort{}, fmt.Errorf("listen on %s: %w", addr, ErrNotLoopback)
	}
	if b.Kind == Closed {
		return f.reserve(addr)
	}
	l, err := new(net.ListenConfig).Listen(f.ctx, "tcp", addr.String())
	if err != nil {
		return netip.AddrPort{}, err
	}
	if err := f.track(l); err != nil {
		return netip.AddrPort{}, err
	}
	f.running.Go(func() { f.accept(l, func(netip.Addr) Behaviour { return b }) })
	return addrPort(l.Addr()), nil
}

// accept serves what comes in at l until the fleet ends.
func (f *Fleet) accept(l net.Listener, pick func(netip.Addr) Behaviour) {
	for f.ctx.Err() == nil {
		conn, err := l.Accept()
		if err != nil {
			f.pause(acceptPause)
			continue
		}
		f.running.Go(func() {
			if f.track(conn) != nil {
				return
			}
			defer f.drop(conn)
			// The device lo carries this machine's other addresses too.
			if at := addrPort(conn.LocalAddr()).Addr(); at.IsLoopback() {
				f.serve(conn, pick(at))
			}
		})
	}
}

// pause waits for d, or for the end of the fleet, and reports whether the
// fleet is still there.
func (f *Fleet) pause(d time.Duration) bool {
	if d <= 0 {
		return f.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-f.ctx.Done():
		return false
	}
}

// reserved is a socket that is bound and doesn't listen: its port refuses
// connections, and nobody else can take it.
type reserved int

// Close gives the port back.
func (r reserved) Close() error { return unix.Close(int(r)) }

func (f *Fleet) reserve(addr netip.AddrPort) (netip.AddrPort, error) {
	var family int
	var local unix.Sockaddr
	if ip := addr.Addr().Unmap(); ip.Is4() {
		family, local = unix.AF_INET, &unix.SockaddrInet4{Port: int(addr.Port()), Addr: ip.As4()}
	} else {
		family, local = unix.AF_INET6, &unix.SockaddrInet6{Port: int(addr.Port()), Addr: ip.As16()}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM, 0)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("reserve %s: %w", addr, err)
	}
	unix.CloseOnExec(fd)
	if err := unix.Bind(fd, local); err != nil {
		_ = unix.Close(fd)
		return netip.AddrPort{}, fmt.Errorf("reserve %s: %w", addr, err)
	}
	bound, err := unix.Getsockname(fd)
	if err != nil {
		_ = unix.Close(fd)
		return netip.AddrPort{}, fmt.Errorf("reserve %s: %w", addr, err)
	}
	if err := f.track(reserved(fd)); err != nil {
		return netip.AddrPort{}, err
	}
	return netip.AddrPortFrom(addr.Addr(), portOf(bound)), nil
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

package fleet

import (
	"fmt"
	"net"
	"net/netip"
	"time"
)

// acceptPause is waited after a failed accept, which is mostly a lack of file
// descriptors that passes.
const acceptPause = 10 * time.Millisecond

func (f *Fleet) listen(addr netip.AddrPort, b Behaviour) (netip.AddrPort, error) {
	if !addr.Addr().Unmap().IsLoopback() {
		return netip.AddrPort{}, fmt.Errorf("listen on %s: %w", addr, ErrNotLoopback)
	}
	switch b.Kind {
	case Closed:
		return f.reserve(addr, false)
	case Filtered:
		return f.reserve(addr, true)
	}
	l, err := new(net.ListenConfig).Listen(f.ctx, "tcp", addr.String())
	if err != nil {
		return netip.AddrPort{}, err
	}
	if err := f.track(l); err != nil {
		return netip.AddrPort{}, err
	}
	f.running.Go(func() { f.accept(l, b.inTurn()) })
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
			at := addrPort(conn.LocalAddr())
			f.came(at)
			f.serve(conn, pick(at.Addr()))
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

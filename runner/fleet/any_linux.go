package fleet

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// Any starts one listener that serves every address of 127.0.0.0/8 at port, or
// at a free port where that is 0, and gives the port. The behaviour is picked
// anew for each connection by the address that the client connected to; pick is
// called concurrently. As the listener is there, Closed and Filtered hang up as
// ClosesAtOnce does.
func (f *Fleet) Any(port uint16, pick func(netip.Addr) Behaviour) (uint16, error) {
	return f.On("lo", port, func(a netip.Addr) Behaviour {
		if !a.IsLoopback() { // the device lo carries this machine's other addresses too
			return Behaviour{Kind: ClosesAtOnce}
		}
		return pick(a)
	})
}

// On does so for every address of this host that is reached through a network
// device, to which the listener is bound (socket(7), SO_BINDTODEVICE).
func (f *Fleet) On(device string, port uint16, pick func(netip.Addr) Behaviour) (uint16, error) {
	lc := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var bindErr error
		err := raw.Control(func(fd uintptr) { bindErr = unix.BindToDevice(int(fd), device) })
		if err != nil {
			return err
		}
		return bindErr
	}}
	l, err := lc.Listen(f.ctx, "tcp4", fmt.Sprintf("0.0.0.0:%d", port))
	if err != nil {
		return 0, fmt.Errorf("listen on all addresses of %s: %w", device, err)
	}
	if err := f.track(l); err != nil {
		return 0, err
	}
	f.running.Go(func() { f.accept(l, pick) })
	return addrPort(l.Addr()).Port(), nil
}

// Package ping asks hosts for an ICMP echo, many at a time over one socket, or
// through ping(8) where no such socket can be had.
package ping

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"
)

// A host is asked again each second; after tries of them it has not answered.
const (
	tries    = 3
	interval = time.Second
)

// ErrNoEcho is returned for a host that has not answered within three seconds.
var ErrNoEcho = errors.New("no answer to the ping")

// Pinger asks hosts for an echo. It is safe for concurrent use; whoever made
// it closes it.
type Pinger interface {
	// Ping gives nil where the host answers, ErrNoEcho where it doesn't, the
	// context's error where that ends first, and else why it can't be asked.
	Ping(ctx context.Context, addr netip.Addr) error
	// How says by what means hosts are asked, for messages.
	How() string
	// Close ends the pinger and waits until nothing of it is left.
	Close() error
}

// New gives a pinger by what this machine allows: an unprivileged ICMP socket
// (icmp(7), ping_group_range), a raw one, which takes CAP_NET_RAW, or ping(8)
// from the folders of path, which is formed as PATH. The error says why there
// is none of these.
func New(path string) (Pinger, error) {
	sockets, err := Sockets()
	if err == nil {
		return sockets, nil
	}
	command, commandErr := Command(path)
	if commandErr == nil {
		commandErr = usable(command)
	}
	if commandErr != nil {
		return nil, fmt.Errorf("no way to ping: %w; %w; let the user send pings (net.ipv4.ping_group_range), or say checks: {ping: false}", err, commandErr)
	}
	return command, nil
}

// usable asks this host itself. A ping(8) that may not ask is found out before
// the first target, or all of them would pass for dead.
func usable(p Pinger) error {
	err := p.Ping(context.Background(), netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	if errors.Is(err, ErrNoEcho) {
		return nil // it may ask, and that is all there is to know
	}
	return err
}

// denied reports whether an ICMP socket is refused for want of privilege,
// rather than because the address family isn't there.
func denied(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES)
}

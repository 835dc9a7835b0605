package worker

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/remote"
)

// locates tells that the address of a target must be known before it is connected
// to: where its subnet is bounded, where one target is to be one connection, and
// where there are addresses that want to be spared. Else the dialler goes through
// all addresses of a name.
func (p *pipeline) locates() bool {
	return p.cfg.perSubnet() > 0 || p.pace != nil || p.queue.spares()
}

// perSubnet is how many targets of one subnet may be in hand; 0 is no bound.
func (c Config) perSubnet() int {
	if c.Job == nil {
		return 0
	}
	return c.Job.PerSubnet
}

// address is that of a target where its line says it.
func (p *pipeline) address(t chunk.Target) netip.AddrPort {
	there, err := p.routes.to(t)
	if err != nil || there.jump != nil { // who is reached through another isn't seen from here
		return netip.AddrPort{}
	}
	addr, err := netip.ParseAddr(there.host)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(there.port))
}

// locate finds the address of a target that has a name alone, once for all its
// tries, and takes its places. The verdict is empty where it has all, or waits
// aside.
func (v *visit) locate(ctx context.Context) verdict {
	if v.at.IsValid() || !v.locates() || v.there.jump != nil {
		return verdict{}
	}
	began := time.Now()
	addr, err := remote.Resolve(ctx, v.there.host, v.there.connect)
	v.took.resolve = time.Since(began)
	switch {
	case err != nil && v.pinger != nil:
		return unresolved(errors.Unwrap(err))
	case err != nil:
		return unreached(err, v.through.Banner)
	}
	v.at = netip.AddrPortFrom(addr, uint16(v.there.port))
	v.aside = !v.queue.found(v.trial)
	return verdict{}
}

// ping asks for an echo. The verdict is empty where one came. Of a name with
// several addresses the first is asked.
func (v *visit) ping(ctx context.Context) verdict {
	addr := v.at.Addr()
	if !addr.IsValid() {
		var err error
		if addr, err = remote.Resolve(ctx, v.there.host, v.there.connect); err != nil {
			return unresolved(errors.Unwrap(err))
		}
	}
	if err := v.pinger.Ping(ctx, addr); err != nil {
		return unpinged(err)
	}
	return verdict{}
}

// unreached says what it means that the target could not be connected to. Where it is
// the jump host's fault, that is said once, since it is that of all behind it.
func (v *visit) unreached(err error) verdict {
	if errors.As(err, new(*remote.JumpError)) {
		v.routes.tell(err)
		return notIn(err)
	}
	return unreached(err, v.through.Banner)
}

// reach connects to the target, by its name where its address need not be known.
func (v *visit) reach(ctx context.Context) (*remote.Reached, error) {
	address := net.JoinHostPort(v.there.host, strconv.Itoa(v.there.port))
	bounds := remote.ReachTimeouts{Connect: v.there.connect, Banner: v.timeouts.Banner}
	if !v.at.IsValid() {
		return v.there.reachBy(ctx, address, bounds)
	}
	bounds.Connect = max(time.Millisecond, bounds.Connect-v.took.resolve) // it bounds the name, too
	return remote.ReachAt(ctx, v.at, address, bounds)
}

package fleet_test

import (
	"net/netip"
	"testing"

	"scanmaster/runner/fleet"
)

func TestOneListenerServesAllOfLoopback(t *testing.T) {
	f, client := newFleet(t, fleet.Config{})
	port, err := f.Any(0, func(at netip.Addr) fleet.Behaviour {
		return fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte(at.String())}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, ip := range []string{"127.0.0.1", "127.1.2.3", "127.255.255.254"} {
		addr := netip.AddrPortFrom(netip.MustParseAddr(ip), port)
		if out, _, err := run(t, client, addr.String(), "x", ""); err != nil || out != ip {
			t.Errorf("%s: got %q and %v", ip, out, err)
		}
		if n := f.Executions(addr); n != 1 {
			t.Errorf("%s: %d executions, want 1", ip, n)
		}
	}
}

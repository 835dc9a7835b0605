package remote_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

func TestAnAddressStandsForItself(t *testing.T) {
	for host, want := range map[string]string{"127.1.2.3": "127.1.2.3", "::1": "::1", "::ffff:10.0.0.1": "10.0.0.1", "fe80::1%lo": "fe80::1%lo"} {
		if got, err := remote.Resolve(t.Context(), host, patience); err != nil || got != netip.MustParseAddr(want) {
			t.Errorf("%s: %v, %v", host, got, err)
		}
	}
}

func TestWhatHasNoAddressFailsToResolve(t *testing.T) {
	for _, host := range []string{"nowhere.invalid", "bad..name", ""} {
		_, err := remote.Resolve(t.Context(), host, patience)
		wantError(t, err, remote.PhaseResolve, remote.KindResolve)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := remote.Resolve(ctx, "nowhere.invalid", patience); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// named is a judge of host keys that remembers whose key it was asked about.
type named struct{ asked *string }

func (n named) Algorithms(_ string, allowed []string) []string { return allowed }

func (n named) Check(address string, _ net.Addr, _ ssh.PublicKey) error {
	*n.asked = address
	return nil
}

// TestWhoIsConnectedToByItsAddressIsKnownByItsName: the name has no address at all.
func TestWhoIsConnectedToByItsAddressIsKnownByItsName(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	r, err := remote.ReachAt(t.Context(), add(t, f, fleet.Behaviour{}), "nowhere.invalid:22", remote.ReachTimeouts{Connect: patience, Banner: patience})
	if err != nil {
		t.Fatal(err)
	}
	how, asked := loginBy(key), ""
	how.HostKeys = named{&asked}
	conn, err := r.Login(t.Context(), how)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if asked != "nowhere.invalid:22" {
		t.Errorf("asked about %q", asked)
	}
}

//go:build e2e

package main

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/cmd/internal/ground"
	"scanmaster/runner/fleet"
)

// crowd is many targets in this process, each at an address of its own.
type crowd struct {
	fleet *fleet.Fleet
	key   ground.Key
	port  uint16
	net   [2]byte // the first half of their addresses
}

// loopback is where targets are that no machine has.
var loopback = [2]byte{127, 8}

// newCrowd starts targets that behave as pick says.
func newCrowd(t *testing.T, pick func(netip.Addr) fleet.Behaviour) crowd {
	t.Helper()
	return newCrowdFor(t, ground.NewKey(t), pick)
}

// newCrowdFor starts targets that let a key in.
func newCrowdFor(t *testing.T, key ground.Key, pick func(netip.Addr) fleet.Behaviour) crowd {
	t.Helper()
	text, err := os.ReadFile(key.Public)
	if err != nil {
		t.Fatal(err)
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{public}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	port, err := f.Any(0, pick)
	if err != nil {
		t.Fatal(err)
	}
	return crowd{fleet: f, key: key, port: port, net: loopback}
}

// onLAN gives the crowd as the machines of a network reach it.
func (c crowd) onLAN(t *testing.T, pick func(netip.Addr) fleet.Behaviour) crowd {
	t.Helper()
	if _, err := c.fleet.On(ground.Device, c.port, pick); err != nil {
		t.Fatal(err)
	}
	c.net = [2]byte{10, 214}
	return c
}

// all gives the same behaviour to every target.
func all(b fleet.Behaviour) func(netip.Addr) fleet.Behaviour {
	return func(netip.Addr) fleet.Behaviour { return b }
}

// named answers with the target's address.
func named(a netip.Addr) fleet.Behaviour {
	return fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("this is " + a.String() + "\n")}
}

// addr is the address of the n-th target.
func (c crowd) addr(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{c.net[0], c.net[1], byte(n >> 8), byte(n)})
}

// input lists the first n targets.
func (c crowd) input(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "host%d %s\n", i, c.addr(i))
	}
	return text.String()
}

// executions counts the commands that were begun on the first n targets.
func (c crowd) executions(n int) int64 {
	var sum int64
	for i := range n {
		sum += c.fleet.Executions(netip.AddrPortFrom(c.addr(i), c.port))
	}
	return sum
}

// scan writes a scan file over the first n targets, with what is said besides,
// and gives its path.
func (c crowd) scan(t *testing.T, s *scene, n int, more string) string {
	t.Helper()
	s.write(t, "input", c.input(n))
	s.write(t, "remote.sh", "#!/bin/sh\necho hello\n")
	return s.write(t, "scan.yaml", fmt.Sprintf(`version: 1
name: audit
input: input
remote: remote.sh
dir: ../share
targets: {user: root, identity: %s, port: %d}
%s`, c.key.Private, c.port, more))
}

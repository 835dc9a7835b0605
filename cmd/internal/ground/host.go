//go:build e2e

package ground

import (
	"fmt"
	"os"
	"testing"
)

// Host is a network namespace with one address.
type Host struct {
	// Name of the namespace, Addr its address.
	Name, Addr string
}

// SilentHost makes a host that answers no ping, and all else. It ends with the
// test.
func SilentHost(tb testing.TB) Host {
	tb.Helper()
	// Process numbers differ where tests run side by side.
	n := os.Getpid()
	name, veth := fmt.Sprintf("scan-%d", n), fmt.Sprintf("scan%d", n)
	net := fmt.Sprintf("10.%d.%d", 200+n>>8%50, n&0xff)
	h := Host{Name: name, Addr: net + ".2"}
	Run(tb, "ip", "netns", "add", name)
	undo(tb, "ip", "netns", "del", name)
	Run(tb, "ip", "link", "add", veth, "type", "veth", "peer", "name", "eth0", "netns", name)
	Run(tb, "ip", "addr", "add", net+".1/30", "dev", veth)
	Run(tb, "ip", "link", "set", veth, "up")
	Run(tb, "ip", "-n", name, "addr", "add", h.Addr+"/30", "dev", "eth0")
	Run(tb, "ip", "-n", name, "link", "set", "eth0", "up")
	Run(tb, "ip", "-n", name, "link", "set", "lo", "up")
	Run(tb, "ip", "netns", "exec", name, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all")
	return h
}

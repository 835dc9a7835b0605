//go:build e2e

package ground

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What there is one of on this host at a time: names begin with tag, so that
// what a killed test left can be told and removed.
const (
	tag     = "smlan"
	bridge  = tag + "br"
	lockAt  = "/run/" + tag + ".lock"
	folders = "/tmp/" + tag + "."
	crowded = "10.214.0.0/16"
)

// Device is this host's way into the network.
const Device = bridge

// LAN is a network of machines with addresses of their own, 10.213.7.0/24 and
// fd13:7::/64. This host has number 1 in it, and besides all of 10.214.0.0/16,
// which machines reach through their cable as all else. Its file system is that of all
// machines, but for /run, /var/log, the terminals, and what a machine mounts.
type LAN struct {
	// Dir is an empty folder that everybody may enter. It ends with the test.
	Dir string
	// Key lets in to all machines, as every user.
	Key      Key
	machines []*Machine
	ip       string
}

// NewLAN makes a network and waits until no other test has one. It ends with
// the test, and with it all machines and all that runs there.
func NewLAN(tb testing.TB) *LAN {
	tb.Helper()
	Need(tb, "bash", "ip", "mount", "nsenter", "screen", "ssh", "ssh-keygen", "sshd")
	hold(tb)
	l := &LAN{ip: find(tb, "ip")}
	sweep(tb, l.ip)
	var err error
	// Not TempDir: its paths are too long for sockets, and private to root.
	if l.Dir, err = os.MkdirTemp("/tmp", filepath.Base(folders)); err != nil { //nolint:usetesting // see above
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(l.Dir) })
	if err := os.Chmod(l.Dir, 0o755); err != nil { //nolint:gosec // users of the machines pass it
		tb.Fatal(err)
	}
	l.Key = NewKey(tb)
	l.setUp(tb)
	return l
}

func (l *LAN) setUp(tb testing.TB) {
	tb.Helper()
	public, err := os.ReadFile(l.Key.Public)
	if err != nil {
		tb.Fatal(err)
	}
	l.write(tb, "authorized_keys", string(public), 0o644)
	l.write(tb, "group", groups(tb), 0o644)
	l.write(tb, "shadow", "root:*:1::::::\nscan1:*:1::::::\nscan2:*:1::::::\nsshd:!:1::::::\n", 0o600)
	tb.Cleanup(func() { l.tearDown(tb) })
	l.batch(tb, []string{
		"link add " + bridge + " type bridge",
		"addr add 10.213.7.1/24 dev " + bridge,
		"addr add fd13:7::1/64 dev " + bridge + " nodad",
		"link set " + bridge + " up",
		"route add local " + crowded + " dev " + bridge + " table local",
	})
}

// tearDown ends all machines, side by side, and then what they stood on.
func (l *LAN) tearDown(tb testing.TB) {
	tb.Helper()
	for _, m := range l.machines {
		m.kill()
	}
	for _, m := range l.machines {
		m.ended(tb)
	}
	sweep(tb, l.ip)
}

// hold waits for the lock that is of who has a network. It is gone with the
// process, however that ends.
func hold(tb testing.TB) {
	tb.Helper()
	file, err := os.OpenFile(lockAt, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = file.Close() })
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		tb.Fatalf("%s: %v", lockAt, err)
	}
}

// sweep removes what is there of a network, whoever made it. Who calls it has
// the lock, so that nobody uses what it finds.
func sweep(tb testing.TB, ip string) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context())
	spaces, _ := filepath.Glob("/run/netns/" + tag + "*")
	for _, path := range spaces {
		name := filepath.Base(path)
		pids, _ := exec.CommandContext(ctx, ip, "netns", "pids", name).Output()
		for _, pid := range strings.Fields(string(pids)) {
			var n int
			if _, err := fmt.Sscan(pid, &n); err == nil {
				_ = syscall.Kill(n, syscall.SIGKILL)
			}
		}
		if out, err := exec.CommandContext(ctx, ip, "netns", "del", name).CombinedOutput(); err != nil {
			tb.Errorf("%s remains: %v\n%s", name, err, out)
		}
	}
	// Deleted by hand: a connection that was cut may keep its network for long.
	links, _ := filepath.Glob("/sys/class/net/" + tag + "*")
	for _, path := range links {
		if out, err := exec.CommandContext(ctx, ip, "link", "del", filepath.Base(path)).CombinedOutput(); err != nil {
			if _, still := os.Stat(path); still == nil {
				tb.Errorf("%s remains: %v\n%s", path, err, out)
			}
		}
	}
	unmount()
	left, _ := filepath.Glob(folders + "*")
	for _, dir := range left {
		_ = os.RemoveAll(dir)
	}
}

// unmount ends what is mounted on folders of networks.
func unmount() {
	mounts, _ := os.ReadFile("/proc/self/mounts")
	for line := range strings.Lines(string(mounts)) {
		if at := strings.Fields(line)[1]; strings.HasPrefix(at, folders) {
			_ = syscall.Unmount(at, syscall.MNT_DETACH)
		}
	}
}

// batch has ip(8) carry out commands.
func (l *LAN) batch(tb testing.TB, commands []string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), l.ip, "-batch", "-")
	cmd.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		tb.Fatalf("ip: %v\n%s", err, out.String())
	}
}

// write writes a file below Dir and gives its path.
func (l *LAN) write(tb testing.TB, name, text string, mode os.FileMode) string {
	tb.Helper()
	path := filepath.Join(l.Dir, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		tb.Fatal(err)
	}
	return path
}

// addr is the n-th address of the network.
func addr(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 213, 7, byte(n)}) }

// addr6 is the same in IPv6.
func addr6(n int) netip.Addr {
	a := netip.MustParseAddr("fd13:7::").As16()
	a[15] = byte(n)
	return netip.AddrFrom16(a)
}

//go:build e2e

// Package ground is what whole-program tests stand on: real SSH servers on
// addresses of their own, hosts that answer no ping, ports that say nothing.
// It needs root on Linux, sshd and ip(8); where one is missing, tests fail and
// say so.
package ground

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Need fails the test unless it runs as root and all programs are there.
func Need(tb testing.TB, programs ...string) {
	tb.Helper()
	if os.Geteuid() != 0 {
		tb.Fatal("these tests need root: they start sshd and make network namespaces")
	}
	for _, name := range programs {
		find(tb, name)
	}
}

// find gives the absolute path of a program, which sshd wants to be called by.
func find(tb testing.TB, name string) string {
	tb.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	tb.Fatalf("%s is not installed; .ci/run tools installs it", name)
	return ""
}

// FreePort gives a TCP port that nothing listens on at host.
func FreePort(tb testing.TB, host string) int {
	tb.Helper()
	l := listen(tb, net.JoinHostPort(host, "0"))
	defer l.Close() //nolint:errcheck // it is for its port's number only
	return l.Addr().(*net.TCPAddr).Port
}

// Mute listens at an address, accepts, and never says a word. It ends with the test.
func Mute(tb testing.TB, addr string) {
	tb.Helper()
	l := listen(tb, addr)
	var held []net.Conn
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			held = append(held, conn)
		}
	}()
	tb.Cleanup(func() {
		_ = l.Close()
		<-ended
		for _, conn := range held {
			_ = conn.Close()
		}
	})
}

func listen(tb testing.TB, addr string) net.Listener {
	tb.Helper()
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// Run runs a program to its end and fails the test where that fails.
func Run(tb testing.TB, name string, args ...string) {
	tb.Helper()
	out, err := exec.CommandContext(tb.Context(), find(tb, name), args...).CombinedOutput()
	if err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// undo runs a program after a test, when its context has ended already.
func undo(tb testing.TB, name string, args ...string) {
	tb.Helper()
	path := find(tb, name)
	tb.Cleanup(func() {
		out, err := exec.CommandContext(context.WithoutCancel(tb.Context()), path, args...).CombinedOutput()
		if err != nil {
			tb.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
	})
}

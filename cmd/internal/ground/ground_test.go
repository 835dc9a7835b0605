//go:build e2e

package ground

import (
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TestRealServersServe logs in with ssh(1), on loopback and in a namespace.
func TestRealServersServe(t *testing.T) {
	Need(t, "ip", "ping", "ssh", "ssh-keygen", "sshd")
	key := NewKey(t)
	host := SilentHost(t)
	for addr, namespace := range map[string]string{"127.7.99.1": "", host.Addr: host.Name} {
		port := FreePort(t, "127.7.99.1")
		Server{
			Listen:     []string{net.JoinHostPort(addr, strconv.Itoa(port))},
			Authorized: key.Public,
			Env:        map[string]string{"KIND": "fine"},
			Namespace:  namespace,
		}.Start(t)
		cmd := exec.CommandContext(t.Context(), "ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
			"-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-i", key.Private, "-p", strconv.Itoa(port),
			"root@"+addr, "bash -s")
		cmd.Stdin = strings.NewReader("echo $KIND\n")
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "fine\n" {
			t.Errorf("ssh to %s: %q, %v", addr, out, err)
		}
	}
	if err := exec.CommandContext(t.Context(), "ping", "-c", "1", "-W", "1", host.Addr).Run(); err == nil {
		t.Errorf("%s answers a ping", host.Addr)
	}
}

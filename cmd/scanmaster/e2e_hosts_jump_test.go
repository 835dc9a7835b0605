//go:build e2e

package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/cmd/internal/ground"
)

// TestRealTargetsBehindABastion has 500 targets that only a jump host reaches, whose
// sshd is as it comes: it is asked for a few connections, and drops none.
func TestRealTargetsBehindABastion(t *testing.T) {
	f := newFarm(t)
	bastion := &ground.Machine{Name: "bastion", Config: "MaxStartups 10:30:100\nUsePAM no\n"}
	f.lan.Add(t, bastion)
	const targets, addresses = 500, 8
	server := ground.Server{Authorized: f.lan.Key.Public, Namespace: bastion.Netns()}
	var list strings.Builder
	for i := range addresses {
		server.Listen = append(server.Listen, net.JoinHostPort(fmt.Sprintf("127.77.0.%d", i+1), "2222"))
	}
	server.Start(t)
	for i := range targets {
		fmt.Fprintf(&list, "web%d 127.77.0.%d\n", i, i%addresses+1)
	}
	home := filepath.Join(f.dir, "home")
	config := fmt.Sprintf("Host bastion\n  HostName %s\nMatch final host 127.77.*\n  ProxyJump bastion\n  Port 2222\nHost *\n  User root\n  IdentityFile %s\n",
		bastion.Addr, f.lan.Key.Private)
	for name, text := range map[string]string{".ssh/config": config, ".ssh/known_hosts": bastion.Addr + " " + bastion.HostKey + "\n"} {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(f.dir, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	f.env = append(f.env, "HOME="+home, "SSHOPTS=", "XDG_STATE_HOME="+home)
	// Pings are on: who is behind another isn't pinged.
	f.expect(t, exitComplete, "checkhosts", "--exit-status", "-n", "175", "-f", f.write(t, "list", list.String()),
		"-r", f.write(t, "remote.sh", "echo fine\n"), "-o", filepath.Join(f.dir, "out"))
	if got := strings.Count(read(t, filepath.Join(f.dir, "out", "hosts_ok")), ",fine\n"); got != targets {
		t.Errorf("%d of %d are ok", got, targets)
	}
	log := bastion.Log(t)
	if n := strings.Count(log, "Accepted publickey"); n < 1 || n > 4 || strings.Contains(log, "drop connection") {
		t.Errorf("%d logins at the bastion:\n%s", n, log)
	}
}

//go:build e2e

package ground

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// The users of every machine besides root, in a group of their own, scan.
const (
	Scan1UID = 21371
	Scan2UID = 21372
	ScanGID  = 21370
)

// uids are the users that one can log in as.
var uids = map[string]int{"root": 0, "scan1": Scan1UID, "scan2": Scan2UID}

// prepare writes all that a machine starts from.
func (m *Machine) prepare(tb testing.TB) {
	tb.Helper()
	if len(m.Ports) == 0 {
		m.Ports = []int{22}
	}
	if err := os.MkdirAll(m.path("home"), 0o755); err != nil { //nolint:gosec // users pass it
		tb.Fatal(err)
	}
	for user, uid := range uids {
		if m.HomesOf == nil {
			m.makeHome(tb, user, uid)
		}
	}
	m.makeHostKey(tb)
	m.write(tb, "passwd", m.passwd())
	m.write(tb, "sshd_config", m.sshdConfig())
	m.write(tb, "init", m.init(tb))
}

// makeHome makes a home that is empty but for a key to reach targets with,
// which is every machine's, in ~/.ssh/target.
func (m *Machine) makeHome(tb testing.TB, user string, uid int) {
	tb.Helper()
	key, err := os.ReadFile(m.lan.Key.Private)
	if err != nil {
		tb.Fatal(err)
	}
	home := m.Home(user)
	if err := os.MkdirAll(filepath.Join(home, ".ssh"), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".ssh", "target"), key, 0o600); err != nil {
		tb.Fatal(err)
	}
	for _, name := range []string{"", ".ssh", ".ssh/target"} {
		if err := os.Chown(filepath.Join(home, name), uid, gidOf(uid)); err != nil {
			tb.Fatal(err)
		}
	}
}

func gidOf(uid int) int {
	if uid == 0 {
		return 0
	}
	return ScanGID
}

// makeHostKey makes the key that the machine's sshd shows.
func (m *Machine) makeHostKey(tb testing.TB) {
	tb.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, m.Name)
	if err != nil {
		tb.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		tb.Fatal(err)
	}
	m.write(tb, "host_key", string(pem.EncodeToMemory(block)))
	m.HostKey = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// KnownHosts are the lines of known_hosts for all ports of machines.
func KnownHosts(machines ...*Machine) string {
	var text strings.Builder
	for _, m := range machines {
		for _, host := range []string{m.Addr, m.Addr6} {
			for _, port := range m.Ports {
				name := host
				if port != 22 {
					name = fmt.Sprintf("[%s]:%d", host, port)
				}
				fmt.Fprintf(&text, "%s %s\n", name, m.HostKey)
			}
		}
	}
	return text.String()
}

func (m *Machine) write(tb testing.TB, name, text string) {
	tb.Helper()
	mode := os.FileMode(0o600)
	if name == "passwd" {
		mode = 0o644
	}
	if err := os.WriteFile(m.path(name), []byte(text), mode); err != nil {
		tb.Fatal(err)
	}
}

func (m *Machine) passwd() string {
	text := "root:x:0:0::" + m.Home("root") + ":/bin/bash\n"
	for _, user := range []string{"scan1", "scan2"} {
		text += fmt.Sprintf("%s:x:%d:%d::%s:/bin/bash\n", user, uids[user], ScanGID, m.Home(user))
	}
	return text + "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n"
}

// groups are those of this host, and the one of the users.
func groups(tb testing.TB) string {
	tb.Helper()
	text, err := os.ReadFile("/etc/group")
	if err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprintf("%sscan:x:%d:\n", text, ScanGID)
}

//go:build e2e

package main

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"scanmaster/cmd/internal/ground"
)

// TestRealServerOfFewStartups has 60 names of one address, whose sshd drops every
// second connection beyond three that nobody has logged in on, and all beyond six:
// it isn't knocked over, and no name is lost.
func TestRealServerOfFewStartups(t *testing.T) {
	s := newScene(t)
	const names = 60
	key, at := ground.NewKey(t), "127.13.0.1"
	port := ground.FreePort(t, at)
	ground.Server{
		Listen: []string{net.JoinHostPort(at, strconv.Itoa(port))}, Authorized: key.Public, MaxStartups: "3:50:6",
	}.Start(t)
	var list strings.Builder
	for i := range names {
		fmt.Fprintf(&list, "name%02d %s\n", i, at)
	}
	s.write(t, "input", list.String())
	s.write(t, "remote.sh", "echo here\n")
	scan := s.write(t, "scan.yaml", fmt.Sprintf(`version: 1
name: audit
input: input
remote: remote.sh
dir: ../share
hosts: [local]
checks: {ping: false}
targets: {user: root, identity: %s, port: %d}
`, key.Private, port))
	s.expect(t, exitComplete, "apply", scan)
	final := filepath.Join(s.prefix("audit"), "final")
	if got := strings.Count(read(t, filepath.Join(final, "ok")), ",here\n"); got != names {
		t.Errorf("%d of %d are ok:\n%s", got, names, read(t, filepath.Join(final, "count")))
	}
	again := strings.Count(gathered(t, filepath.Join(s.prefix("audit"), "*", ".record")), `"tries":`)
	if t.Logf("%d were tried again", again); again == 0 {
		t.Error("nobody was dropped: the server bears more than it should")
	}
}

//go:build e2e

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/cmd/internal/ground"
	"scanmaster/runner/fleet"
)

// sealed runs a command in a network of its own, where no user may have an ICMP
// socket, without the capabilities of root: with those that a program's file
// has, or without even these.
func sealed(t *testing.T, cmd *exec.Cmd, capable bool) *exec.Cmd {
	t.Helper()
	privileges := "--securebits=+noroot"
	if !capable {
		privileges = "--bounding-set=-all"
	}
	inner := append([]string{"unshare", "--net", "sh", "-c", `ip link set lo up && exec "$@"`, "sh", "setpriv", privileges}, cmd.Args...)
	outer := exec.CommandContext(t.Context(), inner[0], inner[1:]...)
	outer.Dir, outer.Env = cmd.Dir, cmd.Env
	return outer
}

// TestRealScanWithoutAWayToPingLeavesTheEarlierOne has a scan that could reach
// no target.
func TestRealScanWithoutAWayToPingLeavesTheEarlierOne(t *testing.T) {
	ground.Need(t, "unshare", "setpriv", "ping")
	s := newScene(t)
	c := newCrowd(t, all(fleet.Behaviour{Kind: fleet.Canned}))
	scan := c.scan(t, s, 3, "hosts: [local]\nchecks: {ping: true}\n")
	s.expect(t, exitComplete, "apply", scan)
	started := filepath.Join(s.prefix("audit"), "started")
	before := read(t, started)
	out, err := sealed(t, s.command(t.Context(), "apply", scan), false).CombinedOutput()
	said := string(out)
	if err == nil || !strings.Contains(said, "no way to ping") || !strings.Contains(said, "checks: {ping: false}") {
		t.Errorf("%v: it does not say that it can't ping:\n%s", err, said)
	}
	if read(t, started) != before {
		t.Error("it has touched the last results")
	}
	// Where it can it says by what, since all workers should do it alike.
	check := []string{"worker", "--check", "-d", s.share, "audit"}
	for want, cmd := range map[string]*exec.Cmd{
		"pings by: an ICMP socket\n": s.command(t.Context(), check...),
		"pings by: ping(8)\n":        sealed(t, s.command(t.Context(), check...), true),
	} {
		cmd.Env = append(cmd.Env, c.options())
		if out, err := cmd.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), want) {
			t.Errorf("%v: got %q, want %q", err, out, want)
		}
	}
}

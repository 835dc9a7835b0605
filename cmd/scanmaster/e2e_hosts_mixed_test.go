//go:build e2e

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scanmaster/cmd/internal/ground"
)

// open gives the share to a group that workers of all users are in.
func (f *farm) open(t *testing.T) {
	t.Helper()
	if err := os.Chown(f.share, 0, ground.ScanGID); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(f.share, 0o770|os.ModeSetgid); err != nil {
		t.Fatal(err)
	}
}

// here gives local workers the key that worker hosts have in their homes, and
// this machine's own home the same shape.
func (f *farm) here(t *testing.T) {
	t.Helper()
	dir := filepath.Join(f.lan.Dir, ".ssh")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	key := read(t, f.lan.Key.Private)
	if err := os.WriteFile(filepath.Join(dir, "target"), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRealHostsOfEveryKind has in one scan: this machine twice, a host at two
// ports, two users, two hosts with one home, and an IPv6 literal. The keys are
// recorded under hashed names.
func TestRealHostsOfEveryKind(t *testing.T) {
	f := newFarm(t)
	f.open(t)
	f.here(t)
	ports := &ground.Machine{Name: "ports", Ports: []int{22, 2222}}
	first := &ground.Machine{Name: "first"}
	second := &ground.Machine{Name: "second", HomesOf: first}
	six := &ground.Machine{Name: "six"}
	machines := []*ground.Machine{ports, first, second, six}
	f.lan.Add(t, machines...)
	targets := f.targets(t, 18)
	f.trust(t, machines...)
	ground.Run(t, "ssh-keygen", "-q", "-H", "-f", filepath.Join(f.dir, "known_hosts"))
	literal := strings.Replace(f.host(six), six.Addr, `"`+six.Addr6+`"`, 1)
	hosts := "  - local\n" + f.host(ports) + f.host(ports, "port: 2222") + f.host(first, "user: scan1") +
		f.host(second, "user: scan1") + f.host(second, "user: scan2") + literal + "  - local\n"
	f.write(t, "post.sh", "#!/bin/sh\nid -un >$NOTES/user.${1##*.}\n")
	if err := os.Chmod(f.notes, 0o777); err != nil { //nolint:gosec // every user's hook writes there
		t.Fatal(err)
	}
	scan := f.scan(t, targets, hosts, "share_wait: 3s\nSCAN_ENV: {NOTES: "+f.notes+"}\nhooks: {post_chunk: post.sh}\n")
	r := f.expect(t, exitComplete, "apply", scan)
	f.wantGreetings(t, targets, 8)

	var users []string
	for _, chunk := range []string{"xaa", "xab", "xac", "xad", "xae", "xaf", "xag", "xah"} {
		users = append(users, strings.TrimSpace(read(t, filepath.Join(f.notes, "user."+chunk))))
	}
	if want := strings.Fields("root root root scan1 scan1 scan2 root root"); !slices.Equal(users, want) {
		t.Errorf("the workers ran as %q, want %q\n%s", users, want, r.stderr)
	}
	live := strings.Join([]string{
		"local", ports.Addr, ports.Addr, first.Addr, second.Addr, second.Addr, six.Addr6, "local",
	}, "\n") + "\n"
	if got := read(t, filepath.Join(f.prefix("audit"), ".whosts")); got != live {
		t.Errorf(".whosts is %q, want %q", got, live)
	}
	for _, name := range []string{ports.Addr + ":22 ", ports.Addr + ":2222 ", second.Addr + "-2 "} {
		if !strings.Contains(r.stderr, name) {
			t.Errorf("it does not name %sapart:\n%s", name, r.stderr)
		}
	}
	wantQuiet(t, machines...)
	if left := f.processes(t); len(left) > 0 {
		t.Errorf("still running here: %q", left)
	}
}

// TestRealHostsWithoutScreenRunAProcess has no screen, and no sftp either.
func TestRealHostsWithoutScreenRunAProcess(t *testing.T) {
	f := newFarm(t)
	m := &ground.Machine{Name: "bare", Setup: []string{ground.Without("screen")}, Config: "Subsystem sftp /bin/false\n"}
	f.lan.Add(t, m)
	targets := f.targets(t, 2)
	f.trust(t, m)
	f.expect(t, exitComplete, "apply", f.scan(t, targets, f.host(m), "launch: process\n"))
	f.wantGreetings(t, targets, 1)
	wantQuiet(t, m)
}

// TestRealHostsInterruptEndsTheirWorkers is Ctrl-C while they work.
func TestRealHostsInterruptEndsTheirWorkers(t *testing.T) {
	f := newFarm(t)
	workers, targets := f.workers(t, 2), f.targets(t, 2)
	f.trust(t, workers...)
	f.write(t, "remote.sh", "#!/bin/sh\nsleep 1000\n")
	scan := f.scan(t, targets, f.hosts(workers...), "")
	file := strings.Replace(read(t, scan), "run: 5s", "run: 10m", 1)
	cmd := f.start(t, "apply", f.write(t, "scan.yaml", file))
	f.awaitWorkers(t, cmd, workers...)
	ground.Run(t, "kill", "-INT", pidOf(cmd))
	_ = cmd.Wait() // its status is asked for below
	if status := cmd.ProcessState.ExitCode(); status != exitSignal+2 {
		t.Errorf("it ended with %d:\n%s", status, read(t, filepath.Join(f.notes, "log")))
	}
	wantQuiet(t, workers...)
}

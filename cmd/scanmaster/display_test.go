package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

// laid is a scan for two workers here of targets in process: four are done at
// once, and two wait until the gate is opened.
type laid struct{ dir string }

func layGated(t *testing.T) laid {
	t.Helper()
	l := laid{t.TempDir()}
	key, err := fleet.WriteKey(filepath.Join(l.dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	list := ""
	for i, kind := range []fleet.Kind{fleet.Canned, fleet.Canned, fleet.Fine, fleet.Closed, fleet.Canned, fleet.Fine} {
		addr, err := f.Add(fleet.Behaviour{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		list += fmt.Sprintf("web%d %s\n", i, addr)
	}
	l.write(t, "targets.txt", list)
	l.write(t, "audit.sh", "until [ -e "+l.gate()+" ]; do sleep .1; done\n")
	l.write(t, "scan.yaml", `version: 1
name: audit
input: targets.txt
remote: audit.sh
hosts: [local, local]
dir: .
targets: {identity: key}
checks: {ping: false}
`)
	t.Setenv("TERM", "xterm")
	return l
}

func (l laid) gate() string { return filepath.Join(l.dir, "gate") }

func (l laid) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(l.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wantClean wants that nothing of the block is left, and the terminal as it was.
func wantClean(t *testing.T, c *console) {
	t.Helper()
	if left := regexp.MustCompile(`workers done|so far|step \d|\[[#.]+\]`).FindString(c.screen()); left != "" {
		t.Errorf("%q is left on\n%s", left, c.screen())
	}
	if stateOf(t, c.terminal) != fresh(t) {
		t.Error("the terminal is not as it was")
	}
}

func TestAScanIsSeenOnATerminal(t *testing.T) {
	l := layGated(t)
	c := sit(t, l.dir, "scanmaster", "apply", "scan.yaml")
	c.awaitScreen("(?m)^ 66% \\[#+\\.+\\] 4 of 6$")
	c.awaitScreen("(?m)^3 ok · 1 nosshd$")
	c.awaitScreen("(?m)^local-1  xaa  \\[#+\\.+\\] +66%  2 of 3 .* works( |$)")
	c.awaitScreen("(?m)^local-2  xab  \\[#+\\.+\\] +66%  2 of 3 .* works( |$)")

	c.resize(40, 10)
	c.awaitScreen("(?m)\\A.{0,40}\n(.{0,40}\n)* 66% \\[#+\\.+\\] 4 of 6\n.*0/2 workers done.*\n3 ok · 1 nosshd\nlocal-1 +66%.*\nlocal-2 +66%.*\\z")
	c.resize(100, 30)
	c.awaitScreen("(?m)^local-2  xab  \\[#+\\.+\\] +66%  2 of 3 .* 1 ok · 1 nosshd$")

	if err := c.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	c.awaitScreen("(?m)^next: scanmaster status --wait scan.yaml\n\n 66% ")

	l.write(t, "gate", "")
	if status := c.status(); status != 0 {
		t.Errorf("status %d: %s", status, c.screen())
	}
	c.awaitScreen("(?m)^scan audit: complete, in .*\n  ok +5 .*\n  nosshd +1 .*\n  of +6  targets\nresults in .*\\z")
	wantClean(t, c)
}

// TestAScanIsEndedOnATerminal has ^C typed twice.
func TestAScanIsEndedOnATerminal(t *testing.T) {
	l := layGated(t)
	t.Setenv("NO_COLOR", "1")
	c := sit(t, l.dir, "scanmaster", "apply", "scan.yaml")
	c.awaitScreen(" 66% ")
	c.types("\x03")
	c.awaitScreen("(?m)ended by interrupt: no new targets; what runs has 5s[^$]*^ending: no new targets · ")
	time.Sleep(sameSignal)
	c.types("\x03")
	if status := c.status(); status != exitSignal+2 {
		t.Errorf("status %d: %s", status, c.screen())
	}
	c.awaitScreen("(?m)^scanmaster: ended by interrupt\nscanmaster: resume with: scanmaster resume scan.yaml\\z")
	wantClean(t, c)
	if colour := regexp.MustCompile("\x1b\\[[0-9;]*m").FindString(c.text()); colour != "" {
		t.Errorf("colour with NO_COLOR: %q", colour)
	}
}

// TestAScanIsStoppedAndGoesOn has ^Z typed under a shell with job control, and the
// scan go on in the background, where it leaves the terminal alone, and before.
func TestAScanIsStoppedAndGoesOn(t *testing.T) {
	l := layGated(t)
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(l.dir, "scanmaster"))
	}
	if err != nil {
		t.Fatal(err)
	}
	c := sitBefore(t, l.dir, "/bin/sh", "-c", "set -m; ./scanmaster apply scan.yaml; echo it is $?; read word; bg; read word; fg")
	c.awaitScreen(" 66% ")
	c.types("\x1a")
	c.awaitScreen("(?m)launch: 2 of 2 workers work\n(\\^Z)?\n*.*(Stopped.*\n)?it is 147\\z")
	c.types("on\r")
	c.awaitScreen("(?m)^on\n.*scanmaster apply scan.yaml.*\\z")
	time.Sleep(time.Second) // in which a block would be drawn
	if shows := c.screen(); strings.Contains(shows, " 66% ") {
		t.Errorf("in the background it shows\n%s", shows)
	}
	c.types("go\r")
	c.awaitScreen("(?m)^go\n.*scanmaster apply scan.yaml\n\n 66% ")
	l.write(t, "gate", "")
	if status := c.status(); status != 0 {
		t.Errorf("status %d: %s", status, c.screen())
	}
	wantClean(t, c)
}

func TestATerminalThatCannotBeDrawnOnGetsLines(t *testing.T) {
	l := layGated(t)
	t.Setenv("TERM", "dumb")
	l.write(t, "gate", "")
	c := sit(t, l.dir, "scanmaster", "apply", "scan.yaml")
	if status := c.status(); status != 0 || strings.Contains(c.text(), "\x1b") || !strings.Contains(c.text(), ": 2/2 workers done, 6 of 6 targets: 5 ok, 1 nosshd\r\n") {
		t.Errorf("status %d: %q", status, c.text())
	}
}

// TestAPromptHasTheTerminalAlone asks for the passphrase of a key that the host
// refuses then.
func TestAPromptHasTheTerminalAlone(t *testing.T) {
	l := layGated(t)
	if err := lockFile(filepath.Join(l.dir, "key"), "secret"); err != nil {
		t.Fatal(err)
	}
	f, err := fleet.New(fleet.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	addr, err := f.Add(fleet.Behaviour{Kind: fleet.RefusesKeys})
	if err != nil {
		t.Fatal(err)
	}
	l.write(t, "known", f.KnownHostsLine(addr)+"\n")
	l.write(t, "scan.yaml", fmt.Sprintf(`version: 1
name: audit
input: targets.txt
remote: audit.sh
hosts: [{host: %s, port: %d, identity: key}]
known_hosts: known
dir: .
launch: process
deploy: never
targets: {identity: key}
`, addr.Addr(), addr.Port()))
	t.Setenv("SSH_AUTH_SOCK", "")
	c := sit(t, l.dir, "scanmaster", "apply", "scan.yaml")
	c.awaitScreen("(?m)^passphrase of .*key:\\z")
	time.Sleep(time.Second) // in which a block would be drawn
	if shows := c.screen(); strings.Contains(shows, "step ") {
		t.Errorf("beside the prompt stands a block:\n%s", shows)
	}
	c.types("secret\r")
	if status := c.status(); status != 1 {
		t.Errorf("status %d", status)
	}
	c.awaitScreen("(?m)^passphrase of .*key:\n[0-9:]+: 127.* is left out: auth: ")
	wantClean(t, c)
}

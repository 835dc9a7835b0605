package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

// TestAScriptMayAskWhoSitsAtTheTerminal also sees that the copy of the script is
// gone afterwards, and that what the terminal adds to newlines is, too.
func TestAScriptMayAskWhoSitsAtTheTerminal(t *testing.T) {
	t.Parallel()
	dir, state, temp := t.TempDir(), t.TempDir(), t.TempDir()
	key, err := fleet.WriteKey(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	script := "printf 'who are you? '; read -r name; stty size; echo hello, $name\nls -l \"$0\" | cut -c1-10\n"
	if err := os.WriteFile(filepath.Join(dir, "ask.sh"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	words := []string{
		"TMPDIR=" + temp, "XDG_STATE_HOME=" + state, "SSHOPTS=-i" + filepath.Join(dir, "key"), filepath.Join(dir, "checkhosts"),
		"-HP", "-r", "ask.sh", "--exit-status", "-o", dir,
	}
	for _, name := range []string{"web1 ", "web2 "} {
		addr, err := f.Add(fleet.Behaviour{})
		if err != nil {
			t.Fatal(err)
		}
		words = append(words, name+addr.String())
	}
	before, err := filepath.Glob(filepath.Join(temp, "*"))
	if err != nil || len(before) > 0 {
		t.Fatal(before, err)
	}
	self, err := os.Executable()
	if err := errors.Join(err, os.Symlink(self, filepath.Join(dir, "checkhosts"))); err != nil {
		t.Fatal(err)
	}
	c := sit(t, dir, "autopw", append([]string{"env"}, words...)...)
	c.await("who are you?")
	c.types("one\r")
	c.await("-rw-------\r\nwho are you?") // before, what is typed is the first one's
	c.types("two\r")
	if status := c.status(); status != 0 {
		t.Errorf("status %d: %q", status, c.text())
	}
	data, err := os.ReadFile(filepath.Join(dir, "hosts_ok"))
	if err != nil {
		t.Fatal(err)
	}
	got := string(data)
	for _, want := range []string{"33 91\nhello, one\n-rw-------\nweb2,", "33 91\nhello, two\n-rw-------\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	if after, err := filepath.Glob(filepath.Join(temp, "*")); err != nil || len(after) > 0 {
		t.Errorf("left: %q, %v", after, err)
	}
	if !strings.Contains(c.text(), "2 ok") {
		t.Errorf("no summary: %q", c.text())
	}
}

// TestAPasswordIsTypedOnceAtTheTerminal is what a user does who has no keys there:
// mistypes it once, and then all targets are let in.
func TestAPasswordIsTypedOnceAtTheTerminal(t *testing.T) {
	dir := t.TempDir()
	f, err := fleet.New(fleet.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.SetPassword("s3cret")
	var list strings.Builder
	for i := range 20 {
		addr, err := f.Add(fleet.Behaviour{Kind: []fleet.Kind{fleet.Asks, fleet.WantsPassword}[i%2]})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&list, "web%d %s\n", i, addr)
	}
	for name, text := range map[string]string{"hello.sh": "echo hello\n", "list": list.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("XDG_STATE_HOME", dir)
	t.Setenv("SSHOPTS", "")
	c := sit(t, dir, "checkhosts", "-P", "-A", "password", "-r", "hello.sh", "-o", dir, "-f", "list")
	c.await(" on the targets, password: ")
	c.types("s3cred\r")
	c.await(" refused it; ")
	c.types("s3cret\r")
	if status := c.status(); status != 0 {
		t.Errorf("status %d: %q", status, c.text())
	}
	if got := c.text(); !strings.Contains(got, "20 ok") || strings.Contains(got, "s3cre") {
		t.Errorf("%q", got)
	}
	if sent := f.Passwords(); len(sent) != 21 || sent[0] != "s3cred" {
		t.Errorf("%q", sent)
	}
}

// TestThePromptForAPasswordCanBeLeft leaves the terminal as it was, by ^C and by ^D.
func TestThePromptForAPasswordCanBeLeft(t *testing.T) {
	for key, want := range map[string]struct {
		says   string
		status int
	}{"\x03": {"ended by interrupt", exitSignal + 2}, "\x04": {": nothing was typed", exitNotDone}} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "hello.sh"), []byte("echo hello\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		was := fresh(t)
		t.Setenv("XDG_STATE_HOME", dir)
		t.Setenv("SSHOPTS", "")
		c := sit(t, dir, "checkhosts", "-P", "-A", "password", "-r", "hello.sh", "-o", dir, "127.0.0.1:1")
		c.await(" on the targets, password: ")
		c.types(key)
		c.await(want.says)
		if stateOf(t, c.terminal) != was {
			t.Error("the terminal is not as it was")
		}
		if status := c.status(); status != want.status {
			t.Errorf("%q: status %d: %q", key, status, c.text())
		}
	}
}

//go:build e2e

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRealAutopwUnlocksKeys adds keys to a real agent, some of which have the same
// passphrase, and one another.
func TestRealAutopwUnlocksKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, phrase := range map[string]string{"one": "open sesame", "two": "open sesame", "three": "another"} {
		keygen := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f", filepath.Join(dir, name), "-C", name)
		if out, err := keygen.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	script := "for key in one two three one; do ssh-add $key || exit; done; ssh-add -L >added"
	c := sit(t, dir, "autopw", "ssh-agent", "sh", "-c", script)
	c.await("Enter passphrase for one: ")
	c.types("open sesame\r")
	c.await("Identity added: two")
	c.await("Bad passphrase, try again for three: ")
	c.types("another\r")
	if status := c.status(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	added, err := os.ReadFile(filepath.Join(dir, "added"))
	if err != nil || strings.Count(string(added), "\n") != 3 {
		t.Errorf("the agent has %q, %v; shown was %q", added, err, c.text())
	}
	if shown := c.text(); strings.Contains(shown, "sesame") || strings.Contains(shown, "another") {
		t.Errorf("a passphrase was shown: %q", shown)
	}
}

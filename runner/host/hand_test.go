package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"scanmaster/runner/plan"
)

func TestSecretsAreForTheirUserAlone(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0)) // whatever the account's says
	p := newPlace(t)
	c, _ := launchOf(t, plan.ViaProcess)
	c.Secrets = ".cache/scanmaster/secrets.run.xaa"
	if err := p.Hand(t.Context(), c.Secrets, []byte("hunter2")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.home, c.Secrets)
	for path, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): os.ModeDir | 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "hunter2" {
		t.Errorf("it holds %q, %v", text, err)
	}
}

// TestSecretsOfAStartThatFailsAreRemoved has a host on which nothing can be written
// where the starting script would be.
func TestSecretsOfAStartThatFailsAreRemoved(t *testing.T) {
	p := newPlace(t)
	c, _ := launchOf(t, plan.ViaProcess)
	c.Secrets = "secrets.run.xaa"
	if err := p.Hand(t.Context(), c.Secrets, []byte("hunter2")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(p.home, ".cache"), "no folder", 0o600)
	err := p.Launch(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "prepare the start") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the start: %v", err)
	}
	if _, err := os.Stat(filepath.Join(p.home, c.Secrets)); !os.IsNotExist(err) {
		t.Errorf("the secrets were left (%v)", err)
	}
}

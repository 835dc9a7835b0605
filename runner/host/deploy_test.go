package host_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/host"
)

// binaryOf is a build that is a script, which hosts run as well.
func binaryOf(text string) host.Binary {
	sum := sha256.Sum256([]byte(text))
	return host.Binary{
		OS: "linux", Arch: "amd64", SHA256: hex.EncodeToString(sum[:]),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	}
}

// counts says that it was called in a file, and its version.
const counts = "#!/bin/sh\necho \"$1\" >>calls\necho scanmaster 1.0\n"

func TestABinaryIsCopiedOnceAndRunOnce(t *testing.T) {
	p, b := newPlace(t), binaryOf(counts)
	want := filepath.Join(p.home, ".cache/scanmaster", b.SHA256, "scanmaster")
	for range 3 {
		path, err := p.Deploy(t.Context(), b)
		if err != nil || path != want {
			t.Fatalf("got %s, %v, want %s", path, err, want)
		}
		b.Open = func() (io.ReadCloser, error) { t.Error("copied again"); return nil, fs.ErrNotExist }
	}
	if got := read(t, filepath.Join(p.home, "calls")); got != "version\n" {
		t.Errorf("called with %q", got)
	}
	for path, mode := range map[string]fs.FileMode{want: 0o700, filepath.Dir(want): 0o700, filepath.Dir(filepath.Dir(want)): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestABinaryThatWasChangedIsReplaced(t *testing.T) {
	p, b := newPlace(t), binaryOf(counts)
	path, err := p.Deploy(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func() error{
		"content": func() error { return os.WriteFile(path, []byte("#!/bin/sh\nevil\n"), 0o700) },
		"mode":    func() error { return os.Chmod(path, 0o600) },
		"a link": func() error {
			return errors.Join(os.Remove(path), os.Symlink(write(t, filepath.Join(t.TempDir(), "x"), counts, 0o700), path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Deploy(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			info, err := os.Lstat(path)
			if err != nil || !info.Mode().IsRegular() || info.Mode().Perm() != 0o700 || read(t, path) != counts {
				t.Errorf("got %v, %v", info, err)
			}
		})
	}
}

func TestWhatIsNotWhatItSaysIsNotRun(t *testing.T) {
	p, b := newPlace(t), binaryOf(counts)
	b.SHA256 = binaryOf("another").SHA256
	if path, err := p.Deploy(t.Context(), b); err == nil || !strings.Contains(err.Error(), "is not what was copied there") {
		t.Errorf("got %s, %v", path, err)
	}
	if _, err := os.Stat(filepath.Join(p.home, "calls")); err == nil {
		t.Error("it was run")
	}
}

func TestABinaryThatDoesNotRunThereIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"fails":        "#!/bin/sh\necho 'no such instruction' >&2\nexit 3\n",
		"isn't for it": "#!/no/such/interpreter\n",
	} {
		t.Run(name, func(t *testing.T) {
			path, err := newPlace(t).Deploy(t.Context(), binaryOf(text))
			if err == nil || !strings.Contains(err.Error(), "version: ") {
				t.Errorf("got %s, %v", path, err)
			}
		})
	}
}

func TestABinaryThatCannotBeReadIsAnError(t *testing.T) {
	b := binaryOf(counts)
	b.Open = func() (io.ReadCloser, error) { return nil, fs.ErrPermission }
	if _, err := newPlace(t).Deploy(t.Context(), b); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
}

func TestAHostWithoutAWayToCheckIsRefused(t *testing.T) {
	bin := t.TempDir()
	for _, name := range []string{"sh", "mkdir", "chmod", "touch", "cut"} {
		if err := os.Symlink("/bin/"+name, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := newPlace(t, "PATH="+bin).Deploy(t.Context(), binaryOf(counts))
	if err == nil || !strings.Contains(err.Error(), "sha256sum") {
		t.Errorf("got %v", err)
	}
}

func TestHostsWithOneHomeDoNotDisturbEachOther(t *testing.T) {
	home, key, b := t.TempDir(), newKey(t), binaryOf(counts)
	f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key.PublicKey()}, Dir: home})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var side sync.WaitGroup
	for range 8 {
		addr, err := f.Add(fleet.Behaviour{})
		if err != nil {
			t.Fatal(err)
		}
		h := dial(t, addr, key, patience, nil)
		side.Go(func() {
			if _, err := h.Deploy(t.Context(), b); err != nil {
				t.Error(err)
			}
		})
	}
	side.Wait()
	entries, err := os.ReadDir(filepath.Join(home, ".cache/scanmaster", b.SHA256))
	if err != nil || len(entries) != 1 {
		t.Errorf("got %v, %v", entries, err)
	}
}

func TestWhatWasNotUsedForAMonthIsRemoved(t *testing.T) {
	p := newPlace(t)
	cache := filepath.Join(p.home, ".cache/scanmaster")
	old := map[string]bool{
		strings.Repeat("a", 64): false, "run.20240101T000000.000Z-abcdef.xaa": false,
		strings.Repeat("a", 63): true, "mine": true, strings.Repeat("x", 64): true,
	}
	long := time.Now().AddDate(0, 0, -40)
	for name := range old {
		write(t, filepath.Join(cache, name, "scanmaster"), "", 0o700)
		for _, path := range []string{filepath.Join(cache, name, "scanmaster"), filepath.Join(cache, name)} {
			if err := os.Chtimes(path, long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A worker without the shared folder is at work below it.
	working := "run.20240101T000000.000Z-abcdef.xab.1"
	write(t, filepath.Join(cache, working, "below/log"), "", 0o600)
	if err := os.Chtimes(filepath.Join(cache, working), long, long); err != nil {
		t.Fatal(err)
	}
	old[working] = true
	recent := strings.Repeat("b", 64)
	write(t, filepath.Join(cache, recent, "scanmaster"), "", 0o700)
	old[recent] = true
	if _, err := p.Deploy(t.Context(), binaryOf(counts)); err != nil {
		t.Fatal(err)
	}
	for name, stays := range old {
		if _, err := os.Stat(filepath.Join(cache, name)); (err == nil) != stays {
			t.Errorf("%s: %v, want it to stay: %v", name, err, stays)
		}
	}
}

package hostkeys_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"scanmaster/runner/share"
	"scanmaster/runner/worker/hostkeys"
)

func TestWhatCannotBeReadStopsTheWorkerByName(t *testing.T) {
	good := line(ed25519Key(t), "10.0.0.1:22")
	for name, text := range map[string]string{
		"words":        "10.0.0.1 ssh-ed25519\n" + good,
		"base64":       "10.0.0.1 ssh-ed25519 ?\n" + good,
		"another type": strings.Replace(good, "ssh-ed25519", "ssh-rsa", 1),
		"endless":      strings.Repeat("x", 2<<20) + "\n",
		"revoked":      "@revoked nonsense\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			path := f.write(t, "audit.xab", text)
			if _, err := f.open(t, hostkeys.AcceptNew); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want the path", err)
			}
		})
	}
	f := newFolder(t)
	if err := os.Symlink(f.write(t, "there", good), filepath.Join(f.path, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.open(t, hostkeys.AcceptNew); !errors.Is(err, share.ErrLink) {
		t.Errorf("a link: got %v", err)
	}
	if _, err := newFolder(t).open(t, hostkeys.AcceptNew, "/nowhere/known_hosts"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file of the user's that isn't there: got %v", err)
	}
}

func TestATornLastLineIsCutAndNothingElse(t *testing.T) {
	first, second, third := ed25519Key(t), ed25519Key(t), ed25519Key(t)
	whole := line(first, "10.0.0.1:22")
	next := line(second, "10.0.0.2:22")
	for cut := range len(next) + 1 {
		f := newFolder(t)
		f.write(t, "audit.xaa", whole+next[:cut])
		k := f.mustOpen(t, hostkeys.AcceptNew)
		wantAccepted(t, k, "10.0.0.1:22", first)
		wantAccepted(t, k, "10.0.0.3:22", third)
		closed(t, k)
		want := whole + line(third, "10.0.0.3:22")
		if cut >= len(next)-1 {
			want = whole + next + line(third, "10.0.0.3:22")
		}
		if got := f.read(t, "audit.xaa"); got != want {
			t.Fatalf("cut after %d: got\n%swant\n%s", cut, got, want)
		}
	}
}

func TestTwoLinesOfOneAddressAgreeOnOneKey(t *testing.T) {
	f := newFolder(t)
	k := f.mustOpen(t, hostkeys.AcceptNew)
	var accepted sync.Map
	var all sync.WaitGroup
	for range 16 {
		key := ed25519Key(t)
		all.Go(func() {
			if k.Check("10.0.0.1:22", peer, key) == nil {
				accepted.Store(string(key.Marshal()), true)
			}
		})
	}
	all.Wait()
	closed(t, k)
	n := 0
	accepted.Range(func(any, any) bool { n++; return true })
	if n != 1 || strings.Count(f.read(t, "audit.xaa"), "\n") != 1 {
		t.Errorf("%d keys were accepted", n)
	}
}

func TestAKeyThatCannotBeRecordedIsNotAccepted(t *testing.T) {
	f := newFolder(t)
	k := f.mustOpen(t, hostkeys.AcceptNew)
	if err := os.Mkdir(filepath.Join(f.path, "audit.xaa"), 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := k.Check("10.0.0.1:22", peer, ed25519Key(t)); !errors.Is(err, share.ErrLink) {
			t.Errorf("got %v", err)
		}
	}
	if err := k.Close(); !errors.Is(err, share.ErrLink) {
		t.Errorf("Close gives %v", err)
	}
}

package host_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/host"
)

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestDigestsAreOfTheBeginningsOfFiles(t *testing.T) {
	for _, only := range []string{"sha256sum", "shasum", "openssl"} {
		t.Run(only, func(t *testing.T) {
			p := newPlace(t, "PATH="+toolsWith(t, only))
			dir := t.TempDir()
			odd := write(t, filepath.Join(dir, "-n 'a\"$(touch x)`y`\n*\\é\xff"), "some text", 0o600)
			empty := write(t, filepath.Join(dir, "empty"), "", 0o600)
			link, fifo := filepath.Join(dir, "link"), filepath.Join(dir, "fifo")
			if err := errors.Join(os.Symlink(odd, link), syscall.Mkfifo(fifo, 0o600)); err != nil {
				t.Fatal(err)
			}
			got, err := p.Sums(t.Context(), []host.Beginning{
				{Path: odd, Size: 9}, {Path: odd, Size: 4}, {Path: odd}, {Path: odd, Size: 10}, {Path: empty}, {Path: dir + "/gone"},
				{Path: link, Size: 4}, {Path: fifo}, {Path: dir},
			})
			want := []string{digest("some text"), digest("some"), digest(""), "", digest(""), "", "", "", ""}
			if err != nil || strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%q, %v: want %q", got, err, want)
			}
		})
	}
}

// toolsWith gives a PATH on which the commands of a host are, with one hasher.
func toolsWith(t *testing.T, only string) string {
	t.Helper()
	bin := t.TempDir()
	for _, name := range append([]string{"sh", "cat", "head", "wc", "sed", "rm", "tr", "tail"}, only) {
		for _, dir := range []string{"/usr/bin", "/bin"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				if err := os.Symlink(filepath.Join(dir, name), filepath.Join(bin, name)); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
	}
	return bin
}

func TestManyDigestsAreInTheirOrder(t *testing.T) {
	p := newPlace(t)
	dir := t.TempDir()
	var files []host.Beginning
	var want []string
	for i := range 450 { // more than are asked for at a time
		text := fmt.Sprint(i)
		files = append(files, host.Beginning{Path: write(t, filepath.Join(dir, text), text, 0o600), Size: int64(len(text))})
		want = append(want, digest(text))
	}
	got, err := p.Sums(t.Context(), files)
	if err != nil || strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%d of them, %v", len(got), err)
	}
	if got, err := p.Sums(t.Context(), nil); len(got) != 0 || err != nil {
		t.Errorf("of nothing: %q, %v", got, err)
	}
}

func TestAHostThatCannotHashSaysSo(t *testing.T) {
	p := newPlace(t, "PATH="+toolsWith(t, "no such command"))
	_, err := p.Sums(t.Context(), []host.Beginning{{Path: "/etc/passwd"}})
	if err == nil || !strings.Contains(err.Error(), "compare what was copied") {
		t.Errorf("%v: want that it can't", err)
	}
}

// TestWhatIsLargeMayTakeLonger: an answer that comes late for a small file comes in
// time for a large one.
func TestWhatIsLargeMayTakeLonger(t *testing.T) {
	bin := t.TempDir()
	tool(t, bin, "sha256sum", "#!/bin/sh\nsleep 1\nexec /usr/bin/sha256sum\n")
	p := placeOf(t, fleet.Behaviour{}, 10*soon, "PATH="+bin+":/usr/bin:/bin")
	large := write(t, filepath.Join(t.TempDir(), "large"), "", 0o600)
	if err := os.Truncate(large, 64<<20); err != nil {
		t.Fatal(err)
	}
	got, err := p.Sums(t.Context(), []host.Beginning{{Path: large, Size: 64 << 20}})
	if err != nil || len(got) != 1 || len(got[0]) != 64 {
		t.Errorf("%q, %v", got, err)
	}
}

func TestOnlyFoldersOfOursAreRemoved(t *testing.T) {
	p := newPlace(t)
	ours := filepath.Join(p.home, ".cache/scanmaster/run.R.xaa.1")
	write(t, filepath.Join(ours, "below/'file'\n"), "x", 0o400)
	mine := write(t, filepath.Join(p.home, "mine/file"), "mine", 0o600)
	if err := os.Symlink(filepath.Dir(mine), filepath.Join(ours, "link")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // one that isn't there is no error
		if err := p.Discard(t.Context(), ours); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(ours); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v: want that it is gone", err)
	}
	for _, dir := range []string{
		filepath.Dir(mine), ours + "/../../../mine", ours + "/..", filepath.Join(p.home, ".cache/scanmaster"), "", "/",
	} {
		if err := p.Discard(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "remove ") {
			t.Errorf("%q: %v: want a refusal", dir, err)
		}
	}
	if got := read(t, mine); got != "mine" {
		t.Errorf("what is mine is %q", got)
	}
}

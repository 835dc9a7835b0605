package remote_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// testUpload is what must come of a file, by SFTP and without.
func testUpload(t *testing.T, start starter) {
	t.Helper()
	for way, noSFTP := range map[string]bool{"by SFTP": false, "by cat": true} {
		t.Run(way, func(t *testing.T) {
			h := start(t, setting{noSFTP: noSFTP})
			t.Run("files arrive", func(t *testing.T) { testArrival(t, h) })
			t.Run("refused files", func(t *testing.T) { testRefusal(t, h) })
			t.Run("half a file", func(t *testing.T) { testHalf(t, h) })
			t.Run("a relative name begins at home", func(t *testing.T) {
				dir := t.TempDir()
				name, err := filepath.Rel(h.home, filepath.Join(dir, "file"))
				if err != nil {
					t.Fatal(err)
				}
				upload(t, logIn(t, h.addr, h.how), name, 0o600, "there")
				wantFile(t, filepath.Join(dir, "file"), 0o600, "there")
			})
		})
	}
}

// testArrival is that all of a file arrives, and nothing but it.
func testArrival(t *testing.T, h host) {
	t.Helper()
	large := strings.Repeat("\x00\xff\r\n large", 1<<18) // more than any window
	cases := map[string]struct {
		name string
		mode fs.FileMode
		text string
	}{
		"small":                    {"file", 0o600, "some text"},
		"empty":                    {"file", 0o644, ""},
		"large":                    {"file", 0o700, large},
		"that nobody may write":    {"file", 0o444, "x"},
		"that the group may write": {"file", 0o664, "x"},
		"in folders that are made": {"a/b c/file", 0o600, "x"},
		"beside others":            {"there/file", 0o600, "x"},
		"of a hostile name":        {"-rf 'a\"$(touch x)`touch y`\n*\\/-n é\xff", 0o600, "x"},
		"of a name that is there":  {"there/old", 0o700, "x"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "there"), 0o755); err != nil {
				t.Fatal(err)
			}
			old, second := filepath.Join(dir, "there/old"), filepath.Join(dir, "there/second")
			overwrite(t, old, "old")
			if err := os.Link(old, second); err != nil {
				t.Fatal(err)
			}
			upload(t, logIn(t, h.addr, h.how), dir+"/"+c.name, c.mode, c.text)
			wantFile(t, filepath.Join(dir, c.name), c.mode, c.text)
			wantFile(t, second, 0o600, "old\n") // replaced, not written to
			wantModes(t, dir)
		})
	}
}

// wantModes checks that folders are those that were there, as they were, or
// closed to others, and that nothing is left of the way files took.
func wantModes(t testing.TB, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		if strings.HasSuffix(path, ".part") {
			t.Errorf("%s is left", path)
		}
		info, err := entry.Info()
		if err != nil || !info.IsDir() {
			return err
		}
		want := fs.FileMode(0o700)
		if entry.Name() == "there" {
			want = 0o755
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s is %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// testRefusal is that the host's refusal is told, and leaves the connection.
func testRefusal(t *testing.T, h host) {
	t.Helper()
	dir := t.TempDir()
	overwrite(t, filepath.Join(dir, "file"), "a file")
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	conn := logIn(t, h.addr, h.how)
	for name, kind := range map[string]remote.Kind{
		dir + "/folder":    remote.KindDenied,
		dir + "/file/x":    remote.KindDenied,
		dir + "/file/x/y":  remote.KindDenied,
		"/proc/nosuch/x/y": remote.KindDenied,
		"":                 remote.KindLocal,
		"..":               remote.KindLocal,
		"a/":               remote.KindLocal,
		"/":                remote.KindLocal,
		"a\x00b":           remote.KindLocal,
	} {
		t.Run(name, func(t *testing.T) {
			err := conn.Upload(context.Background(), name, 0o600, strings.NewReader("x"))
			wantError(t, err, remote.PhaseCopy, kind)
		})
	}
	wantFile(t, filepath.Join(dir, "file"), 0o600, "a file\n")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	upload(t, conn, dir+"/later", 0o600, "it goes on")
}

// testHalf is that half a file never stands under its name.
func testHalf(t *testing.T, h host) {
	t.Helper()
	full := errors.New("can't be read")
	text := strings.NewReader(strings.Repeat("x", 1<<20))
	dir := filepath.Join(h.home, "half") // it goes with the host: what was cut off there may write a moment longer
	err := logIn(t, h.addr, h.how).Upload(context.Background(), dir+"/file", 0o600, io.MultiReader(text, iotest.ErrReader(full)))
	wantError(t, err, remote.PhaseCopy, remote.KindLocal)
	if !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err = logIn(t, h.addr, h.how).Upload(ctx, dir+"/file", 0o600, writeThen(cancel))
	wantError(t, err, remote.PhaseCopy, remote.KindCancelled)
	if _, err := os.Stat(filepath.Join(dir, "file")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a file has its name: %v", err)
	}
}

func upload(t testing.TB, conn *remote.Conn, name string, mode fs.FileMode, text string) {
	t.Helper()
	if err := conn.Upload(context.Background(), name, mode, strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t testing.TB, path string, mode fs.FileMode, text string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, []byte(text)) {
		t.Errorf("%s holds %.50q (%d bytes), want %.50q (%d bytes)", path, got, len(got), text, len(text))
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != mode {
		t.Errorf("%s is %v, want %v", path, info.Mode(), mode)
	}
}

func TestTheShellIsNeededOnlyWithoutSFTP(t *testing.T) {
	for _, noSFTP := range []bool{false, true} {
		f, key := newFleet(t, fleet.Config{NoSFTP: noSFTP})
		addr := add(t, f, fleet.Behaviour{})
		upload(t, logIn(t, addr.String(), loginBy(key)), t.TempDir()+"/file", 0o600, "x")
		if ran := f.Executions(addr) > 0; ran != noSFTP {
			t.Errorf("without SFTP %v: the shell ran: %v", noSFTP, ran)
		}
	}
}

func TestAFileThatArrivesShortIsRefused(t *testing.T) {
	// A cat that takes a byte less than it is given.
	bin := t.TempDir()
	overwrite(t, bin+"/cat", "#!/bin/sh", "exec tail -c +2")
	if err := os.Chmod(bin+"/cat", 0o700); err != nil {
		t.Fatal(err)
	}
	f, key := newFleet(t, fleet.Config{NoSFTP: true, Env: []string{"PATH=" + bin + ":/usr/bin:/bin"}})
	dir := t.TempDir()
	err := logIn(t, add(t, f, fleet.Behaviour{}).String(), loginBy(key)).
		Upload(context.Background(), dir+"/file", 0o600, strings.NewReader("text"))
	wantError(t, err, remote.PhaseCopy, remote.KindDenied)
	if !strings.Contains(err.Error(), `4 bytes were sent, and "3" arrived`) {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

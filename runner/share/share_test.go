package share

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

func open(t *testing.T) (*Dir, string) {
	t.Helper()
	path := t.TempDir()
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, path
}

func TestFoldersAndFilesArePrivate(t *testing.T) {
	d, path := open(t)
	sub, err := d.Make("chunked", "info1")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	if err := sub.WriteFile("started", []byte("now\n")); err != nil {
		t.Fatal(err)
	}
	if err := sub.WriteScript("hook", []byte("#!/bin/sh\n")); err != nil {
		t.Fatal(err)
	}
	wantModes(t, path, map[string]fs.FileMode{"chunked": 0o700, "chunked/info1": 0o700, "chunked/info1/started": 0o600, "chunked/info1/hook": 0o700})
}

func TestGroupBitsFollowASetgidShare(t *testing.T) {
	path := t.TempDir()
	if err := os.Chmod(path, 0o770|fs.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	defer syscall.Umask(syscall.Umask(0o077))
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	sub, err := d.Make("chunked")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	if err := sub.WriteFile("started", nil); err != nil {
		t.Fatal(err)
	}
	wantModes(t, path, map[string]fs.FileMode{"chunked": 0o770, "chunked/started": 0o660})
}

func wantModes(t *testing.T, path string, want map[string]fs.FileMode) {
	t.Helper()
	for name, mode := range want {
		info, err := os.Lstat(filepath.Join(path, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != mode {
			t.Errorf("%s: mode %o, want %o", name, info.Mode().Perm(), mode)
		}
	}
}

func TestLinksAreRefused(t *testing.T) {
	d, path := open(t)
	for _, dir := range []string{"real/inner", "elsewhere"} {
		if err := os.MkdirAll(filepath.Join(path, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"sibling": "elsewhere", "real/out": "/etc", "real/file": "/etc/passwd"} {
		if err := os.Symlink(to, filepath.Join(path, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(path, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, elems := range [][]string{{"sibling"}, {"real", "out"}, {"real", "file"}} {
		if _, err := d.Sub(elems...); !errors.Is(err, ErrLink) {
			t.Errorf("Sub(%q): %v, want ErrLink", elems, err)
		}
		if _, err := d.Make(elems...); !errors.Is(err, ErrLink) {
			t.Errorf("Make(%q): %v, want ErrLink", elems, err)
		}
	}
	if _, err := d.ReadFile("fifo"); !errors.Is(err, ErrLink) {
		t.Errorf("a fifo was read: %v", err)
	}
	inner, err := d.Sub("real")
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	if _, err := inner.ReadFile("file"); !errors.Is(err, ErrLink) {
		t.Errorf("a link was read: %v", err)
	}
	// Writing replaces the link and leaves what it points to alone.
	if err := inner.WriteFile("file", []byte("mine")); err != nil {
		t.Fatal(err)
	}
	if got, err := inner.ReadFile("file"); err != nil || string(got) != "mine" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWhatIsNoFolderIsNotOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("%v: want that it is no directory", err)
	}
}

func TestNamesStayInTheFolder(t *testing.T) {
	d, _ := open(t)
	for _, name := range []string{"", ".", "..", "a/b", "/etc", "a\x00"} {
		if _, err := d.Make(name); err == nil {
			t.Errorf("Make(%q) went through", name)
		}
		if err := d.WriteFile(name, nil); err == nil {
			t.Errorf("WriteFile(%q) went through", name)
		}
		if err := d.RemoveAll(name); err == nil {
			t.Errorf("RemoveAll(%q) went through", name)
		}
		if _, err := d.Lstat(name); err == nil {
			t.Errorf("Lstat(%q) went through", name)
		}
	}
}

func TestMoveInto(t *testing.T) {
	d, path := open(t)
	if err := d.WriteFile("started", []byte("then")); err != nil {
		t.Fatal(err)
	}
	if err := d.MoveInto("started", ".old", "run-1"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(path, ".old/run-1/started"))
	if err != nil || string(got) != "then" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := d.Lstat("started"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}

func TestCreateIsExclusive(t *testing.T) {
	d, _ := open(t)
	f, err := d.Create("lock")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := d.Create("lock"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second Create: %v, want fs.ErrExist", err)
	}
}

func TestAFailedWriteLeavesNothing(t *testing.T) {
	d, _ := open(t)
	if err := d.Mkdir("folder"); err != nil {
		t.Fatal(err)
	}
	if err := d.WriteFile("folder", []byte("x")); err == nil {
		t.Fatal("a folder was replaced by a file")
	}
	entries, err := d.ReadDir()
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v: want the folder alone", entries, err)
	}
	if err := d.Sync(); err != nil {
		t.Error(err)
	}
}

func TestWhatADeadWriterHasLeftIsTidiedAway(t *testing.T) {
	path := t.TempDir()
	dir, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	for _, name := range []string{".new-ABC", "new-ABC", ".record"} {
		if err := os.WriteFile(filepath.Join(path, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(path, ".new-folder"), 0o700), dir.Tidy()); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, err := dir.ReadDir()
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{".new-folder", ".record", "new-ABC"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left are %q, %v, want %q", left, err, want)
	}
}

func TestAFolderIsTouched(t *testing.T) {
	t.Parallel()
	dir, _ := open(t)
	sub, err := dir.Make("below")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	if err := errors.Join(dir.Chtimes("below", time.Unix(1, 0)), sub.Touch()); err != nil {
		t.Fatal(err)
	}
	if info, err := dir.Lstat("below"); err != nil || time.Since(info.ModTime()) > time.Hour {
		t.Errorf("it was last changed at %v, %v", info.ModTime(), err)
	}
}

func TestAFolderIsWhereItsPathLeads(t *testing.T) {
	t.Parallel()
	dir, path := open(t)
	sub, err := dir.Make("below")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	place := filepath.Join(path, "below")
	if is, err := sub.IsAt(place); !is || err != nil {
		t.Errorf("it is at its place: %v, %v", is, err)
	}
	if is, err := dir.IsAt(place); is || err != nil {
		t.Errorf("the folder above is there: %v, %v", is, err)
	}
	if err := os.Rename(place, filepath.Join(path, "moved")); err != nil {
		t.Fatal(err)
	}
	if is, err := sub.IsAt(place); is || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("once it was moved: %v, %v", is, err)
	}
}

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
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"scanmaster/runner/remote"
)

// testFiles is what must come of a host's files.
func testFiles(t *testing.T, start starter) {
	t.Helper()
	h := start(t, setting{})
	t.Run("listing", func(t *testing.T) { testListing(t, h) })
	t.Run("copying", func(t *testing.T) { testCopying(t, h) })
	t.Run("writing", func(t *testing.T) { testWriting(t, h) })
	t.Run("refusal", func(t *testing.T) { testFilesRefused(t, h) })
	t.Run("ends", func(t *testing.T) { testFilesEnd(t, h) })
	t.Run("a FIFO", func(t *testing.T) { testFIFO(t, h) })
	t.Run("a host without", func(t *testing.T) {
		h := start(t, setting{noSFTP: true})
		_, err := logIn(t, h.addr, h.how).Files(t.Context(), patience)
		wantError(t, err, remote.PhaseCopy, remote.KindDenied)
	})
}

// openFiles opens the files of a host, each of whose answers comes in time.
func openFiles(t *testing.T, h host, within time.Duration) *remote.Files {
	t.Helper()
	files, err := logIn(t, h.addr, h.how).Files(t.Context(), within)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Close)
	return files
}

// testListing is that all entries are there, by their names, and as they are.
func testListing(t *testing.T, h host) {
	t.Helper()
	dir, files := t.TempDir(), openFiles(t, h, patience)
	odd := "-rf 'a\"$(touch x)\n*\\é\xff"
	overwrite(t, filepath.Join(dir, odd), "text")
	err := errors.Join(os.Mkdir(dir+"/folder", 0o700), os.Symlink("/etc", dir+"/link"), syscall.Mkfifo(dir+"/fifo", 0o600))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := files.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{odd: 0, "folder": fs.ModeDir, "link": fs.ModeSymlink, "fifo": fs.ModeNamedPipe}
	for _, e := range entries {
		if mode, ok := want[e.Name()]; !ok || e.Mode().Type() != mode {
			t.Errorf("%q is %v, want %v", e.Name(), e.Mode(), mode)
		}
		info, err := files.Lstat(filepath.Join(dir, e.Name()))
		if err != nil || info.Mode() != e.Mode() || info.Size() != e.Size() {
			t.Errorf("%q: %v, %v", e.Name(), info, err)
		}
	}
	if len(entries) != len(want) {
		t.Errorf("there are %d entries, want %d", len(entries), len(want))
	}
}

// testCopying is that it gives what is there from one place up to another.
func testCopying(t *testing.T, h host) {
	t.Helper()
	dir, files := t.TempDir(), openFiles(t, h, patience)
	text := strings.Repeat("0123456789abcdef\xff\x00\n", 1<<18) + "end" // of several pieces
	if err := os.WriteFile(dir+"/file", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	size := int64(len(text))
	for name, c := range map[string]struct{ from, to int64 }{
		"all of it": {0, size}, "as far as there is": {0, 10 * size}, "without end": {0, 1<<63 - 1}, "its end": {size - 3, size},
		"a piece": {1 << 20, 2 << 20}, "a byte": {5, 6}, "nothing": {7, 7}, "less than nothing": {7, 3}, "what is behind it": {size, size + 9},
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			n, err := files.Copy(&got, dir+"/file", c.from, c.to)
			want := text[c.from:max(c.from, min(c.to, size))]
			if err != nil || n != int64(len(want)) || got.String() != want {
				t.Errorf("%d bytes, %v; want %d", n, err, len(want))
			}
		})
	}
	full := errors.New("the disk is full")
	n, err := files.Copy(refusing{full}, dir+"/file", 0, size)
	if told := new(remote.Error); n != 0 || !errors.Is(err, full) || errors.As(err, &told) {
		t.Errorf("%d, %v: want the writer's fault as it is", n, err)
	}
	if _, err := files.Lstat(dir + "/file"); err != nil {
		t.Errorf("then %v", err)
	}
}

// refusing is a writer that takes nothing.
type refusing struct{ err error }

func (f refusing) Write([]byte) (int, error) { return 0, f.err }

// testWriting is that a file is what it was given.
func testWriting(t *testing.T, h host) {
	t.Helper()
	dir, files := t.TempDir(), openFiles(t, h, patience)
	for _, text := range []string{"some text", "", strings.Repeat("large\n", 1<<19), "short"} {
		for _, name := range []string{"file", "a/b c/file", "-n 'x\"$(y)\n\xff"} {
			if err := files.Write(dir+"/"+name, 0o640, strings.NewReader(text)); err != nil {
				t.Fatal(err)
			}
			wantFile(t, filepath.Join(dir, name), 0o640, text)
		}
	}
	for range 2 {
		if err := files.MkdirAll(dir + "/c/d"); err != nil {
			t.Error(err)
		}
	}
	wantModes(t, dir)
	broken := errors.New("can't be read")
	err := files.Write(dir+"/half", 0o600, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
	wantError(t, err, remote.PhaseCopy, remote.KindLocal)
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

// testFilesRefused is that the host's refusal is told, and leaves the connection.
func testFilesRefused(t *testing.T, h host) {
	t.Helper()
	dir, files := t.TempDir(), openFiles(t, h, patience)
	overwrite(t, dir+"/file", "a file")
	for name, ask := range map[string]func() error{
		"list nothing":          func() error { _, err := files.List(dir + "/gone"); return err },
		"look at nothing":       func() error { _, err := files.Lstat(dir + "/gone"); return err },
		"copy nothing":          func() error { _, err := files.Copy(io.Discard, dir+"/gone", 0, 1); return err },
		"copy a folder":         func() error { _, err := files.Copy(io.Discard, dir, 0, 1); return err },
		"write a folder":        func() error { return files.Write(dir, 0o600, strings.NewReader("x")) },
		"write below a file":    func() error { return files.Write(dir+"/file/x/y", 0o600, strings.NewReader("x")) },
		"make a folder of file": func() error { return files.MkdirAll(dir + "/file") },
	} {
		t.Run(name, func(t *testing.T) {
			err := ask()
			wantError(t, err, remote.PhaseCopy, remote.KindDenied)
			if gone := strings.HasSuffix(name, "nothing"); errors.Is(err, fs.ErrNotExist) != gone {
				t.Errorf("got %v, want that it isn't there: %v", err, gone)
			}
		})
	}
	if err := files.Write(dir+"/later", 0o600, strings.NewReader("it goes on")); err != nil {
		t.Error(err)
	}
}

// testFilesEnd is that what is under way fails when it is ended, and the connection
// goes on.
func testFilesEnd(t *testing.T, h host) {
	t.Helper()
	dir := t.TempDir()
	conn := logIn(t, h.addr, h.how)
	ctx, cancel := context.WithCancel(t.Context())
	files, err := conn.Files(ctx, patience)
	if err != nil {
		t.Fatal(err)
	}
	err = files.Write(dir+"/file", 0o600, writeThen(cancel))
	if told := new(remote.Error); !errors.As(err, &told) {
		t.Errorf("got %v, want that it has ended", err)
	}
	files.Close()
	if _, err := files.List(dir); err == nil {
		t.Error("it lists on")
	}
	upload(t, conn, dir+"/later", 0o600, "it goes on")
	_, err = conn.Files(ctx, patience)
	wantError(t, err, remote.PhaseCopy, remote.KindCancelled)
}

// testFIFO is that nothing waits for a host that hangs in one.
func testFIFO(t *testing.T, h host) {
	t.Helper()
	dir := t.TempDir()
	for name, kind := range map[string]remote.Kind{"read": remote.KindTimeout, "written": remote.KindIdle} {
		path := filepath.Join(dir, name)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		// Whoever opens it is let go in the end.
		t.Cleanup(func() {
			if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
				_ = f.Close()
			}
		})
		files := openFiles(t, h, inAWhile)
		var err error
		if name == "read" {
			_, err = files.Copy(io.Discard, path, 0, 1)
		} else {
			err = files.Write(path, 0o600, strings.NewReader("x"))
		}
		wantError(t, err, remote.PhaseCopy, kind)
	}
}

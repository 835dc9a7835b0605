package newfile_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/cmd/internal/newfile"
)

// note is a kind of files.
var note = newfile.Kind{Name: "note", Is: func(head []byte) bool { return bytes.HasPrefix(head, []byte("note: ")) }}

func TestAFileIsWholeOrNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report")
	file, err := newfile.Create(path, 0o600, note)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("half of it"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it is there before it is whole")
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		t.Fatal(err)
	}
	if err := file.Cleanup(); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestWhatIsNotFinishedLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report")
	if err := os.WriteFile(path, []byte("note: old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	file, err := newfile.Create(path, 0o600, note)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Cleanup(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "note: old" {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	// What takes its place has its mode.
	if file, err = newfile.Create(path, 0o600, note); err != nil {
		t.Fatal(err)
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestOnlyFilesAreReplaced(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{os.DevNull, dir} {
		if _, err := newfile.Create(path, 0o600, note); err == nil || !strings.Contains(err.Error(), "is no regular file, and is left alone") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Fatal("the null device is gone")
	}
	if _, err := newfile.Create(filepath.Join(dir, "none", "report"), 0o600, note); err == nil {
		t.Error("it is in a folder that isn't there")
	}
	if err := newfile.Check(filepath.Join(dir, "new"), note); err != nil {
		t.Error(err)
	}
}

func TestAFileOfAnotherKindIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "remote.sh")
	for text, want := range map[string]string{
		"#!/bin/sh\n": path + " is there, and no note: it is left alone; name another file, or remove that one",
		"not":         "no note", "": "", "note: long" + strings.Repeat(".", 2*newfile.HeadLength): "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := newfile.Check(path, note)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.10q: %v", text, err)
		}
	}
	// Nor is one that is known by another path.
	link := filepath.Join(filepath.Dir(path), "link")
	if err := errors.Join(os.WriteFile(path, []byte("version: 1"), 0o600), os.Symlink(path, link)); err != nil {
		t.Fatal(err)
	}
	if _, err := newfile.Create(link, 0o600, note); err == nil {
		t.Error("a link to it is replaced")
	}
}

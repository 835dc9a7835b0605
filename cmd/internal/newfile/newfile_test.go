package newfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/cmd/internal/newfile"
)

func TestAFileIsWholeOrNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report")
	file, err := newfile.Create(path, 0o600)
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
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	file, err := newfile.Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Cleanup(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "old" {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	// What takes its place has its mode.
	if file, err = newfile.Create(path, 0o600); err != nil {
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
		if _, err := newfile.Create(path, 0o600); err == nil || !strings.Contains(err.Error(), "is no regular file, and is left alone") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Fatal("the null device is gone")
	}
	if _, err := newfile.Create(filepath.Join(dir, "none", "report"), 0o600); err == nil {
		t.Error("it is in a folder that isn't there")
	}
	if err := newfile.Check(filepath.Join(dir, "new")); err != nil {
		t.Error(err)
	}
}

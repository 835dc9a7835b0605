package open

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestOnlyRegularFilesAreOpened(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		pipe:                          string(IsNotRegular),
		dir:                           string(IsFolder),
		"/dev/null":                   string(IsNotRegular),
		filepath.Join(dir, "nothing"): fs.ErrNotExist.Error(),
		filepath.Join(file, "below"):  fs.ErrNotExist.Error(),
		filepath.Join(dir, strings.Repeat("long", 100)): "can't be read: file name too long",
	} {
		_, _, err := Anywhere.Open(path)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", path, err, want)
		}
	}
	f, info, err := Anywhere.Open(file)
	if err != nil || info.Size() != 4 {
		t.Fatal(info, err)
	}
	defer f.Close()
}

func TestFoldersAreToldFromFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]error{
		dir: nil, file: IsNoFolder, filepath.Join(dir, "nothing"): fs.ErrNotExist, filepath.Join(file, "below"): fs.ErrNotExist,
	} {
		for name, from := range map[string]Opener{"anywhere": Anywhere, "repository": RepositoryOf(filepath.Join(dir, "scan.yaml"), "")} {
			if err := from.Folder(path); err != want { //nolint:errorlint // it is these, and wraps nothing
				t.Errorf("%s: %q: %v, want %v", name, path, err, want)
			}
		}
	}
}

func TestAProblemFollowsAName(t *testing.T) {
	for problem, want := range map[Problem]string{
		IsFolder: "it is a folder, not a file", "can't be read: permission denied": "permission denied",
	} {
		if got := problem.OfIt(); got != want {
			t.Errorf("%q: %q, want %q", problem, got, want)
		}
	}
}

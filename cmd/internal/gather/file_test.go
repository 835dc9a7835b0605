package gather

import (
	"context"
	"errors"
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
		pipe:                          isNotRegular,
		dir:                           isFolder,
		"/dev/null":                   isNotRegular,
		filepath.Join(dir, "nothing"): fs.ErrNotExist.Error(),
		filepath.Join(file, "below"):  fs.ErrNotExist.Error(),
		filepath.Join(dir, strings.Repeat("long", 100)): "can't be read: file name too long",
	} {
		_, _, err := open(path)
		if err == nil || err.Error() != want {
			t.Errorf("open(%q): %v, want %s", path, err, want)
		}
	}
	f, _, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
}

func TestFilesAreMeasured(t *testing.T) {
	for text, want := range map[string]struct {
		size, lines int64
		sha256      string
	}{
		"":        {0, 0, "e3b0c442"},
		"one\n":   {4, 1, "2c8b08da"},
		"one\ntw": {6, 2, ""},
		"\n\n":    {2, 2, ""},
	} {
		m := newMeter()
		for _, part := range strings.SplitAfter(text, "\n") {
			if _, err := m.Write([]byte(part)); err != nil {
				t.Fatal(err)
			}
		}
		info, err := os.Stat("file_test.go")
		if err != nil {
			t.Fatal(err)
		}
		got := m.facts(info)
		if got.Size != want.size || got.Lines != want.lines || !strings.HasPrefix(got.SHA256, want.sha256) || got.Executable {
			t.Errorf("%q measures %+v, want %+v", text, got, want)
		}
	}
}

func TestALongReadEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := cancellable{ctx, strings.NewReader("text")}.Read(make([]byte, 4))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("read gives %v", err)
	}
}

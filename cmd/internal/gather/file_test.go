package gather

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/spec/open"
)

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

func TestAScanFileIsReadToQuoteFrom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "scan.yaml")
	if _, err := Source(open.Anywhere, path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that isn't there gives %v", err)
	}
	if err := os.WriteFile(path, []byte("version: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Source(open.Anywhere, path)
	if err != nil || string(got) != "version: 1\n" {
		t.Errorf("source is %q, %v", got, err)
	}
}

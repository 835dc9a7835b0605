package junit

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestAReportIsWholeOrNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "junit.xml")
	if err := os.WriteFile(path, []byte("<testsuites name=\"an earlier run's\"/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the report of an earlier run is still there: %v", err)
	}
	fault := errors.New("no more to say")
	if err := f.Write(func(w io.Writer) error { _, _ = io.WriteString(w, "<half"); return fault }); !errors.Is(err, fault) {
		t.Error(err)
	}
	wantAlone(t, filepath.Dir(path))

	if f, err = Create(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(func(w io.Writer) error { _, err := io.WriteString(w, whole); return err }); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != whole {
		t.Errorf("%q, %v", text, err)
	}
	wantAlone(t, filepath.Dir(path), "junit.xml")
}

const whole = "<?xml version=\"1.0\"?>\n<testsuite/>"

func TestWhatIsNoReportIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "post.sh")
	for text, want := range map[string]bool{
		"version: 1\n": false, "#!/bin/sh\necho '<testsuite/>'\n": false, "<html>": false, "web1\n": false,
		"": true, whole: true, "<testsuites>\n</testsuites>": true, "\n<!-- of today --><testsuite>": true,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Create(path)
		if err == nil {
			err = f.Discard()
		}
		if (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
		if left, unread := os.ReadFile(path); !want && (unread != nil || string(left) != text) {
			t.Errorf("%q has become %q: %v", text, left, unread)
		}
	}
}

func TestWhereAReportCantBeIsSaidBefore(t *testing.T) {
	for _, path := range []string{"/dev/null", t.TempDir(), filepath.Join(t.TempDir(), "no", "junit.xml")} {
		if _, err := Create(path); err == nil {
			t.Errorf("%s was taken", path)
		}
	}
}

// wantAlone wants these files in a folder, and no others.
func wantAlone(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(names) {
		t.Fatalf("%v, %v; want %q", entries, err, names)
	}
	for i, e := range entries {
		if e.Name() != names[i] {
			t.Errorf("%s, want %s", e.Name(), names[i])
		}
	}
}

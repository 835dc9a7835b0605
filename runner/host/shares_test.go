package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner/host"
)

// peek is what the master leaves in a folder, and asks a host for.
func peek(t *testing.T, dir string) host.SharePeek {
	t.Helper()
	write(t, filepath.Join(dir, ".scanmaster/probe/TOKEN"), "TOKEN\n", 0o600)
	return host.SharePeek{Dir: dir, Read: "TOKEN", Token: "TOKEN", Write: "TOKEN.w1", Answer: "it's me", Wait: patience}
}

func TestAHostThatSeesTheFolderAnswersInIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's shared")
	p := peek(t, dir)
	if err := newPlace(t).Shares(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(dir, ".scanmaster/probe/TOKEN.w1")); got != "it's me\n" {
		t.Errorf("it wrote %q", got)
	}
}

func TestAFileThatShowsLateIsWaitedFor(t *testing.T) {
	dir, h := t.TempDir(), newPlace(t)
	p := host.SharePeek{Dir: dir, Read: "TOKEN", Token: "TOKEN", Write: "w", Answer: "a", Wait: patience}
	shared := make(chan error)
	go func() { shared <- h.Shares(t.Context(), p) }()
	// Another content than the master's is none.
	path := write(t, filepath.Join(dir, ".scanmaster/probe/TOKEN"), "NOT YET\n", 0o600)
	write(t, path, "TOKEN\n", 0o600)
	if err := <-shared; err != nil {
		t.Error(err)
	}
}

func TestAFolderThatIsNotSharedIsToldFromOneThatIsNotThere(t *testing.T) {
	h := newPlace(t)
	p := peek(t, t.TempDir())
	p.Wait = soon
	p.Dir = t.TempDir()
	if err := h.Shares(t.Context(), p); !errors.Is(err, host.ErrNotShared) {
		t.Errorf("got %v", err)
	}
	p.Dir = filepath.Join(p.Dir, "none")
	err := h.Shares(t.Context(), p)
	if err == nil || errors.Is(err, host.ErrNotShared) || !strings.Contains(err.Error(), "isn't there") {
		t.Errorf("got %v", err)
	}
}

func TestAFolderThatCannotBeWrittenIsRefusedInTheHostsWords(t *testing.T) {
	dir := t.TempDir()
	p := peek(t, dir)
	if err := os.Mkdir(filepath.Join(dir, ".scanmaster/probe", p.Write+".new"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := newPlace(t).Shares(t.Context(), p)
	if err == nil || !strings.Contains(err.Error(), "can't be written there") {
		t.Errorf("got %v", err)
	}
}

func TestSharesEndsWithItsContext(t *testing.T) {
	p := peek(t, t.TempDir())
	p.Dir = t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	if err := newPlace(t).Shares(ctx, p); err == nil || errors.Is(err, host.ErrNotShared) {
		t.Errorf("got %v", err)
	}
}

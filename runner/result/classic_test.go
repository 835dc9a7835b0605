package result

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"scanmaster/runner/share"
)

// aPart opens a folder as a part of a list.
func aPart(t *testing.T, path string, lines int64) Part {
	t.Helper()
	out, err := share.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Close() })
	return Part{out, lines}
}

func contents(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestClassicFilesAreAddedTo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hosts_ok"), []byte("old,,one"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := NewClassic(aPart(t, dir, 2))
	for line, text := range []string{"one\r\ntwo\n\n", ""} {
		at := target(int64(line+1), "web")
		if err := c.Checked(at); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Outcome(fine(at.Line, "web"), at, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := contents(t, dir, "hosts_ok"), "old,,one\nweb,10.0.0.1,one\n\ntwo\nweb,10.0.0.1,\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !c.Has(2) || c.Has(3) || c.Tally().Total() != 2 {
		t.Errorf("%v", c.Tally())
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestEachPartOfAListHasItsFolder(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	c := NewClassic(aPart(t, first, 2), aPart(t, second, 1))
	for line := int64(4); line > 0; line-- { // one more than was counted
		if _, err := c.Outcome(fine(line, fmt.Sprint("web", line)), target(line, fmt.Sprint("web", line)), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if got := contents(t, first, "hosts_ok"); got != "web2,10.0.0.1,\nweb1,10.0.0.1,\n" {
		t.Errorf("the first: %q", got)
	}
	if got := contents(t, second, "hosts_ok"); got != "web4,10.0.0.1,\nweb3,10.0.0.1,\n" {
		t.Errorf("the second: %q", got)
	}
}

func TestNothingOfAnOutcomeStaysThatIsNotWhole(t *testing.T) {
	dir := t.TempDir()
	c := NewClassic(aPart(t, dir, 9))
	defer c.Close()
	if _, err := c.Outcome(fine(1, "web1"), target(1, "web1"), strings.NewReader("fine")); err != nil {
		t.Fatal(err)
	}
	fault := errors.New("no such device")
	long := io.MultiReader(strings.NewReader(strings.Repeat("x", 100_000)), iotest.ErrReader(fault))
	if _, err := c.Outcome(fine(2, "web2"), target(2, "web2"), long); !errors.Is(err, fault) {
		t.Error(err)
	}
	if got := contents(t, dir, "hosts_ok"); got != "web1,10.0.0.1,fine\n" || c.Has(2) {
		t.Errorf("%.80q", got)
	}
	if _, err := c.Outcome(fine(1, "web1"), target(1, "web1"), nil); err == nil {
		t.Error("a second outcome was taken")
	}
}

// TestManyMayAddToTheSameFiles has several write there as several processes would,
// each with files of its own open.
func TestManyMayAddToTheSameFiles(t *testing.T) {
	dir := t.TempDir()
	const writers, each = 4, 20
	var all sync.WaitGroup
	for w := range writers {
		c := NewClassic(aPart(t, dir, each))
		all.Go(func() {
			for line := int64(1); line <= each; line++ {
				name := fmt.Sprintf("w%d-%d", w, line)
				text := strings.Repeat(name+" ", 10_000)
				if _, err := c.Outcome(fine(line, name), target(line, name), strings.NewReader(text)); err != nil {
					t.Error(err)
				}
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	lines := strings.Split(strings.TrimSuffix(contents(t, dir, "hosts_ok"), "\n"), "\n")
	for _, line := range lines {
		name, text, _ := strings.Cut(line, ",10.0.0.1,")
		if text != strings.Repeat(name+" ", 10_000) {
			t.Errorf("%s is mixed with others", name)
		}
	}
	if len(lines) != writers*each {
		t.Errorf("%d lines", len(lines))
	}
}

func TestAFileOfAnotherUsersIsNotWrittenTo(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only root can give a file away; the CI is
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "hosts_ok")
	if err := errors.Join(os.WriteFile(name, nil, 0o666), os.Chown(name, 65534, 65534), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	c := NewClassic(aPart(t, dir, 1))
	defer c.Close()
	_, err := c.Outcome(fine(1, "web"), target(1, "web"), nil)
	if err == nil || !strings.Contains(err.Error(), "is another user's") {
		t.Error(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "hosts_checked")); err != nil {
		t.Fatal(err)
	}
	if err := c.Checked(target(1, "web")); !errors.Is(err, share.ErrLink) {
		t.Error(err)
	}
}

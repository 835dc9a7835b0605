package live_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"

	"scanmaster/cmd/internal/live"
)

// shows gives what stands on a terminal.
func shows(terminal *vt.Emulator) string {
	var lines []string
	for line := range strings.Lines(terminal.String()) {
		lines = append(lines, strings.TrimRight(line, " \r\n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func TestABlockIsReplacedAndTakenAway(t *testing.T) {
	terminal := vt.NewEmulator(20, 6)
	screen := &live.Screen{Out: terminal}
	on := live.Window{Width: 20, Height: 6}
	for _, c := range []struct {
		text  string
		lines []string
		want  string
	}{
		{"one\r\n", []string{"a", "b", "c"}, "one\na\nb\nc"},
		{"", []string{"A long one", "B"}, "one\nA long one\nB"},
		{"two\r\nthree\r\n", []string{"a", "b", "c"}, "one\ntwo\nthree\na\nb\nc"},
		{"four\r\n", []string{"a", "b", "c"}, "two\nthree\nfour\na\nb\nc"},
		{"", nil, "two\nthree\nfour"},
		{"five\r\n", nil, "two\nthree\nfour\nfive"},
		{"", []string{"a"}, "two\nthree\nfour\nfive\na"},
	} {
		screen.Show(c.text, c.lines, on)
		if got := shows(terminal); got != c.want {
			t.Errorf("after %q above %q:\n%s\nwant\n%s", c.text, c.lines, got, c.want)
		}
		if at := terminal.CursorPosition(); at.X != 0 {
			t.Errorf("after %q above %q: the cursor is at %v", c.text, c.lines, at)
		}
	}
	if n := terminal.ScrollbackLen(); n != 1 {
		t.Errorf("%d lines have scrolled by, want one", n)
	}
}

// TestABlockMadeForAnotherWindowIsCleared has a block at the top of the screen, where
// clearing is a matter of its own, in a window that becomes lower and narrower.
func TestABlockMadeForAnotherWindowIsCleared(t *testing.T) {
	terminal := vt.NewEmulator(20, 6)
	screen := &live.Screen{Out: terminal}
	screen.Show("", []string{"a long line", "another one", "and a third", "and a fourth"}, live.Window{Width: 20, Height: 6})
	terminal.Resize(8, 3)
	screen.Show("", []string{"short"}, live.Window{Width: 8, Height: 3})
	if got := shows(terminal); got != "short" {
		t.Errorf("the screen shows\n%s", got)
	}
	screen.Clear()
	if got := shows(terminal); got != "" {
		t.Errorf("the screen shows\n%s", got)
	}
}

// TestWhatIsNotShownWritesNothing has a terminal that nothing is drawn on.
func TestWhatIsNotShownWritesNothing(t *testing.T) {
	var out strings.Builder
	screen := &live.Screen{Out: &out}
	screen.Clear()
	screen.Show("", nil, live.Window{Width: 80, Height: 24})
	if out.Len() > 0 {
		t.Errorf("%q is written", out.String())
	}
}

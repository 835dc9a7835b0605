package live

import (
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Screen shows a block of lines at the end of what stands on a terminal. The
// cursor waits where the block begins, so that the terminal itself keeps track of
// that place: those that wrap lines anew when they become narrower, and those
// that cut them, are both cleared from there on. It asks the terminal nothing and
// leaves its modes, the cursor's too, as they are: what comes between is at worst
// a block that stays. It is for one goroutine.
type Screen struct {
	// Out is the terminal. Nobody is left to tell of an error in writing to it.
	Out io.Writer

	shown bool
	on    Window // what it is shown on
}

// erase clears all from the line on that the cursor is at the beginning of. From
// the first character of the screen on tmux(1) would take that for a clearing of
// the screen, and keep what stood there among the lines that have scrolled by.
const erase = ansi.EraseLineRight + "\x1b[C" + ansi.EraseScreenBelow + "\r"

// Show writes text, whole lines, above the block, and has the block be these lines,
// which were made for that window; without lines there is none.
func (s *Screen) Show(text string, lines []string, on Window) {
	var out strings.Builder
	if s.shown {
		out.WriteString("\r")
	}
	if s.shown && (text != "" || len(lines) == 0 || on != s.on) { // else it is written over, which is calmer
		out.WriteString(erase)
	}
	out.WriteString(text)
	for i, line := range lines {
		if i > 0 {
			out.WriteString("\r\n")
		}
		out.WriteString(line + ansi.EraseLineRight)
	}
	if s.shown, s.on = len(lines) > 0, on; s.shown {
		out.WriteString(ansi.EraseScreenBelow)
		if up := len(lines) - 1; up > 0 {
			out.WriteString(ansi.CursorUp(up))
		}
		out.WriteString("\r")
	}
	if out.Len() > 0 {
		_, _ = io.WriteString(s.Out, out.String())
	}
}

// Clear takes the block away.
func (s *Screen) Clear() { s.Show("", nil, s.on) }

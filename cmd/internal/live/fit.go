package live

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"scanmaster/cmd/internal/safe"
)

// maxName is how much of a name is shown, in bytes.
const maxName = 60

// between stands between two things that are said on one line.
const between = " · "

// part is one thing that is said on a line; those with the highest numbers are
// dropped first where not all fit.
type part struct {
	drop int
	text string
}

// fit says as much as fits.
func fit(width int, parts ...part) string {
	for {
		texts := make([]string, len(parts))
		last := 0
		for i, p := range parts {
			texts[i] = p.text
			if p.drop > parts[last].drop {
				last = i
			}
		}
		line := strings.Join(texts, between)
		if ansi.StringWidth(line) <= width || len(parts) <= 1 {
			return ansi.Truncate(line, width, safe.Mark)
		}
		parts = slices.Delete(slices.Clone(parts), last, last+1)
	}
}

// Colours are the first eight, which each terminal has in its user's own shades.

func (w Window) green(text string) string {
	return w.styled(ansi.Style{}.ForegroundColor(ansi.Green), text)
}
func (w Window) yellow(text string) string {
	return w.styled(ansi.Style{}.ForegroundColor(ansi.Yellow), text)
}
func (w Window) red(text string) string {
	return w.styled(ansi.Style{}.ForegroundColor(ansi.Red), text)
}
func (w Window) faint(text string) string { return w.styled(ansi.Style{}.Faint(), text) }
func (w Window) bold(text string) string  { return w.styled(ansi.Style{}.Bold(), text) }

func (w Window) styled(style ansi.Style, text string) string {
	if !w.Colour || text == "" {
		return text
	}
	return style.Styled(text)
}

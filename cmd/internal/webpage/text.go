package webpage

import (
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
)

// shown gives hostile text of several lines as it may stand in a page: escaped as by
// safe.Line, but for what ends lines, and tabs, which drive nothing there.
func shown(text string) string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	var out strings.Builder
	for text != "" {
		i := strings.IndexAny(text, "\n\t")
		if i < 0 {
			out.WriteString(safe.Line(text, 0))
			break
		}
		out.WriteString(safe.Line(text[:i], 0))
		out.WriteByte(text[i])
		text = text[i+1:]
	}
	return out.String()
}

// counted says how many there are of something.
func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return humanize.Comma(n) + " " + what + "s"
}

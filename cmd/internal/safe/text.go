package safe

import (
	"strings"

	"github.com/dustin/go-humanize"
)

// Text gives s as lines, each escaped as by Line, cut at width bytes, ended by
// a newline, and begun with prefix, which is the caller's own and not escaped:
// with one that isn't blank, no line of a CI log starts with what a target has
// sent, such as "::error::" or "##[". Final newlines are dropped; more than
// limit lines are cut and the rest is counted. A bound of 0 is none.
func Text(prefix, s string, width, limit int) string {
	s = strings.TrimRight(s, "\r\n")
	if s == "" {
		return ""
	}
	show := Behind
	if strings.TrimSpace(prefix) == "" {
		show = Line
	}
	var out strings.Builder
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if limit > 0 && i == limit {
			out.WriteString(prefix + Mark + " and " + plural(len(lines)-limit) + "\n")
			break
		}
		out.WriteString(prefix + show(strings.TrimSuffix(line, "\r"), width) + "\n")
	}
	return out.String()
}

func plural(n int) string {
	if n == 1 {
		return "1 more line"
	}
	return humanize.Comma(int64(n)) + " more lines"
}

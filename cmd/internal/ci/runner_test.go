package ci

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// ran is a command that the runner of GitHub carries out.
type ran struct {
	name, title, text string
}

// known are the commands of the runner (actions/runner, ActionCommandManager).
var known = []string{
	"add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
	"remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
}

var older = regexp.MustCompile(`##\[([a-z-]+)[^\]]*\]|##vso\[`)

// obey gives what the runner carries out of a log: a command stands behind nothing
// but blanks, or, in the older form, anywhere in a line.
func obey(log string) []ran {
	var all []ran
	for line := range strings.Lines(log) {
		if older.MatchString(line) {
			all = append(all, ran{name: "##", text: line})
		}
		rest, ok := strings.CutPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
		head, text, closed := strings.Cut(rest, "::")
		name, properties, _ := strings.Cut(head, " ")
		if !ok || !closed || !slices.Contains(known, strings.ToLower(name)) {
			continue
		}
		title := strings.TrimPrefix(properties, "title=")
		all = append(all, ran{name, unescape(title), unescape(strings.TrimSuffix(text, "\n"))})
	}
	return all
}

// unescape takes back what escapeProperty has done, the last one last.
func unescape(s string) string {
	s = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",").Replace(s)
	return strings.ReplaceAll(s, "%25", "%")
}

func TestTheRunnersParserIsTheirs(t *testing.T) {
	for line, want := range map[string]int{
		"::error::x\n":                  1,
		" \t\u00a0::warning title=a::x": 1,
		"::Error::x":                    1,
		"12:00:00: ::error::x":          0,
		"::1":                           0,
		"::nothing::x":                  0,
		"a ##[error]x":                  1,
		"##vso[task.complete]":          1,
	} {
		if got := obey(line); len(got) != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

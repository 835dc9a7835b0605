package safe_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"scanmaster/cmd/internal/safe"
)

func TestWhatDrivesATerminalBecomesVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain, 42 °C, naïve":       "plain, 42 °C, naïve",
		"日本 😀":                      "日本 😀",
		`C:\n is no newline`:        `C:\n is no newline`,
		"a\nb\r\tc":                 `a\nb\r\tc`,
		"\x1b[2J\x1b]0;t\a":         `\x1b[2J\x1b]0;t\x07`,
		"nul\x00del\x7f":            `nul\x00del\x7f`,
		"c1 \u009b31m \u0085":       `c1 \u009b31m \u0085`,
		"bidi \u202egnp.exe\u2069":  `bidi \u202egnp.exe\u2069`,
		"\u200e\u200f\u061c\u2066":  `\u200e\u200f\u061c\u2066`,
		"zero\u200bwidth\ufeff":     `zero\u200bwidth\ufeff`,
		"lines\u2028and\u2029":      `lines\u2028and\u2029`,
		"\xff\xfe\xc3(":             `\xff\xfe\xc3(`,
		"tag \U000e0041":            `tag \U000e0041`,
		"##[error]x ##vso[y] ### a": `#\x23[error]x #\x23vso[y] ### a`,
		"####[x":                    `###\x23[x`,
		"::error::x ::y::":          `\x3a:error::x ::y::`,
		"\u3000 ::add-mask::x":      "\u3000 \\x3a:add-mask::x",
		"a ::error::x":              "a ::error::x",
		"::1 and ::ffff:10.0.0.1":   "::1 and ::ffff:10.0.0.1",
		"::ffff:10.0.0.1":           "::ffff:10.0.0.1",
		"replaced \ufffd":           "replaced \ufffd",
	} {
		if got := safe.Line(in, 0); got != want {
			t.Errorf("Line(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestLongTextIsCutBetweenCharacters(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdefg", 6, "abc…"},
		{"\x1b\x1b", 8, `\x1b\x1b`},
		{"\x1b\x1b\x1b", 9, `\x1b…`},
		{"日本語", 8, "日…"},
		{"abc", 2, ""},
		{"abcdef", 3, "…"},
	} {
		if got := safe.Line(c.in, c.limit); got != c.want {
			t.Errorf("Line(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func TestNoLineOfALogStartsWithHostileText(t *testing.T) {
	got := safe.Text("web1 | ", "one\n::error::two\r\n##[group]three\n\n", 0, 0)
	want := "web1 | one\nweb1 | \\x3a:error::two\nweb1 | #\\x23[group]three\n"
	if got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
	if got := safe.Text("| ", "\r\n", 0, 0); got != "" {
		t.Errorf("Text of no line = %q", got)
	}
}

func TestTheLinesThatWereLeftOutAreCounted(t *testing.T) {
	if got, want := safe.Text("> ", "abcdef\nb\nc\nd", 5, 2), "> ab…\n> b\n> … and 2 more lines\n"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
	if got, want := safe.Text("> ", "a\nb", 0, 1), "> a\n> … and 1 more line\n"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
}

func TestEscapedJSONStandsForTheSame(t *testing.T) {
	in := "\x1b\x7f\u009b\u202e\u2028\U000e0041 <é> 日本 ##vso[task] ## [x"
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	data = safe.JSON(data)
	checkPrintable(t, string(data))
	if bytes.Contains(data, []byte("##vso[")) {
		t.Errorf("%s holds a command of a CI system", data)
	}
	var got string
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got != in {
		t.Errorf("%s stands for %q, want %q", data, got, in)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("\x1b[2J::error::\u202e\xff\n", 10)
	f.Add("日本語\U000e0041", 4)
	f.Add("\u00a0::add-mask::x\n ::group::", 0)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		out := safe.Line(s, limit)
		checkPrintable(t, out)
		if limit > 0 && len(out) > limit {
			t.Errorf("Line(%q, %d) has %d bytes", s, limit, len(out))
		}
		for line := range strings.Lines(safe.Text("p ", s, limit, 5)) {
			if !strings.HasPrefix(line, "p ") {
				t.Errorf("a line of Text(%q) is %q", s, line)
			}
		}
		for line := range strings.Lines(safe.Text("  ", s, 0, 0)) {
			if isCommand(line) {
				t.Errorf("GitHub takes a line of Text(%q) for a command: %q", s, line)
			}
		}
	})
}

// isCommand tells what GitHub's runner takes for a command: its parser trims the
// line, and wants a name that it knows between two pairs of colons.
func isCommand(line string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
	name, _, closed := strings.Cut(rest, "::")
	name, _, _ = strings.Cut(name, " ")
	return ok && closed && slices.Contains([]string{
		"add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
		"remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
	}, strings.ToLower(name))
}

func checkPrintable(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%q is no UTF-8", s)
	}
	for _, r := range s {
		if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
			t.Errorf("%q holds %U", s, r)
		}
	}
}

package job_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/job"
)

// hostile are words that a shell would make something else of.
var hostile = []string{
	"", " ", "plain", "two words", "tab\there", "new\nline", "$HOME", "$(reboot)", "`reboot`", "'", `"`, "'\"'\"'", `\`, `\n`,
	"a;b", "a&b", "a|b", "<a", ">a", "*", "?", "[a]", "{a,b}", "~", "~root", "!", "!!", "#", "a#b", "-n", "--", "=", "a=b",
	"%s", "é", "\xff\xfe", "\x01\x1b[31m", "\r\n", "if", "done", "\\\n", "''", "$'a'", "^W",
}

// readBack gives the words that a shell reads in a line, as arguments.
func readBack(t testing.TB, line string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "set -- "+line+"\n"+`[ $# -eq 0 ] || printf '%s\0' "$@"`)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("sh reads %q: %v: %s", line, err, &stderr)
	}
	words := strings.Split(string(out), "\x00")
	return words[:len(words)-1]
}

func TestAShellReadsBackWhatWasQuoted(t *testing.T) {
	if got := readBack(t, job.QuoteAll(hostile)); !slices.Equal(got, hostile) {
		t.Errorf("read back %q", got)
	}
	for _, word := range hostile {
		if got := readBack(t, "a"+job.Quote(word)); !slices.Equal(got, []string{"a" + word}) {
			t.Errorf("behind a letter %q is read back as %q", word, got)
		}
	}
}

func TestPlainWordsStayReadable(t *testing.T) {
	const line = "env LANG=C SSHOPTS='-l headless' /usr/bin/scanmaster worker -n 175 info1"
	words := []string{"env", "LANG=C", "SSHOPTS=-l headless", "/usr/bin/scanmaster", "worker", "-n", "175", "info1"}
	want := strings.Replace(line, "SSHOPTS='-l headless'", "'SSHOPTS=-l headless'", 1)
	if got := job.QuoteAll(words); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := job.QuoteAll(nil); got != "" {
		t.Errorf("no words are quoted as %q", got)
	}
}

// TestTheFirstWordIsTheCommand lets a shell find commands that are named like
// words of its own.
func TestTheFirstWordIsTheCommand(t *testing.T) {
	bin := t.TempDir()
	for _, name := range []string{
		"if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in", "!", "{", "}",
		"FOO=bar", "=", "a b", "$HOME", "*", "select", "function", "time",
	} {
		script := "#!/bin/sh\nprintf '%s\\0' \"${0##*/}\" \"$@\"\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", job.QuoteAll([]string{name, "x y", "FOO=bar", "if"}))
		cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin"}
		out, err := cmd.CombinedOutput()
		if want := name + "\x00x y\x00FOO=bar\x00if\x00"; err != nil || string(out) != want {
			t.Errorf("%q: %q, %v", name, out, err)
		}
	}
}

func TestNULTurnsAWordIntoNoOtherThatMeansSomething(t *testing.T) {
	if got := readBack(t, job.Quote("/etc\x00/x")); !slices.Equal(got, []string{"/etc\ufffd/x"}) {
		t.Errorf("read back %q", got)
	}
}

// FuzzQuote takes one text as the words between its NULs: many words, one shell.
func FuzzQuote(f *testing.F) {
	f.Add(strings.Join(hostile, "\x00"))
	f.Add("a'b\x00\\\x00\n\x00")
	f.Fuzz(func(t *testing.T, text string) {
		words := strings.Split(text, "\x00")
		line := job.QuoteAll(words)
		if len(line) > 100_000 {
			return // over what one argument of a process may hold
		}
		if got := readBack(t, line); !slices.Equal(got, words) {
			t.Errorf("%q is read back as %q", words, got)
		}
	})
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scanmaster/runner/job"
)

// page gives the lines of a page's source (mdoc(7)).
func page(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("man", file))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// below gives the lines between a heading, such as ".Sh NAME", and the next one of
// its kind or of a higher.
func below(lines []string, heading string) []string {
	at := slices.Index(lines, heading)
	if at < 0 {
		return nil
	}
	rest := lines[at+1:]
	next := slices.IndexFunc(rest, func(line string) bool {
		return strings.HasPrefix(line, ".Sh ") || strings.HasPrefix(line, heading[:4])
	})
	if next < 0 {
		return rest
	}
	return rest[:next]
}

// macro tells a word of mdoc's own, which ends what Fl applies to.
var macro = regexp.MustCompile(`^[A-Z][a-z]$`).MatchString

// flagsIn gives the flags that a macro line names, as they are typed. Letters that
// stand together are a flag each, and "--" alone is none.
func flagsIn(line string) []string {
	var flags []string
	on := false
	for _, word := range strings.Fields(strings.TrimPrefix(line, ".")) {
		switch {
		case macro(word):
			on = word == "Fl"
		case !on || word == "-" || strings.Trim(word, "|,.:;") == "":
		case strings.HasPrefix(word, "-"):
			flags = append(flags, "-"+word)
		default:
			for _, letter := range strings.Split(word, "") {
				flags = append(flags, "-"+letter)
			}
		}
	}
	return flags
}

// described are the flags that have an item, sorted.
func described(lines []string) []string {
	var flags []string
	for _, line := range lines {
		if strings.HasPrefix(line, ".It Fl ") {
			flags = append(flags, flagsIn(line)...)
		}
	}
	return slices.Sorted(slices.Values(flags))
}

// synopsis gives the flags of each form of a command line, by its verb, which is
// empty where there is none.
func synopsis(lines []string) map[string][]string {
	forms := make(map[string][]string)
	var named []string
	for _, line := range below(lines, ".Sh SYNOPSIS") {
		words := strings.Fields(line)
		switch words[0] {
		case ".Nm":
			named = []string{""}
		case ".Cm":
			named = slices.DeleteFunc(words[1:], func(word string) bool { return word == "|" })
		}
		for _, verb := range named {
			forms[verb] = append(forms[verb], flagsIn(line)...)
		}
	}
	return forms
}

// flagsOf are the flags that a command tells of, as they are typed, sorted; each
// has one name, or two.
func flagsOf(cmd *cobra.Command) (all []string, each [][]string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		names := []string{"--" + f.Name}
		if f.Shorthand != "" {
			names = append(names, "-"+f.Shorthand)
		}
		all, each = append(all, names...), append(each, names)
	})
	slices.Sort(all)
	return all, each
}

// compare holds what a page says of flags against the command. In the synopsis it
// does to name each by one of its names, and help needs none.
func compare(t *testing.T, what string, cmd *cobra.Command, items, form []string) {
	t.Helper()
	all, each := flagsOf(cmd)
	if diff := cmp.Diff(all, items); diff != "" {
		t.Errorf("%s: the flags of the program (-) and of the page (+):\n%s", what, diff)
	}
	for _, flag := range form {
		if !slices.Contains(all, flag) {
			t.Errorf("%s: the synopsis has %s, which there isn't", what, flag)
		}
	}
	for _, names := range each {
		in := slices.ContainsFunc(names, func(name string) bool { return slices.Contains(form, name) })
		if !in && names[0] != "--help" {
			t.Errorf("%s: the synopsis lacks %s", what, names[0])
		}
	}
}

func TestEachVerbIsInTheManualWithItsFlags(t *testing.T) {
	lines := page(t, "scanmaster.1")
	verbs, forms := below(lines, ".Sh VERBS"), synopsis(lines)
	var named []string
	for _, cmd := range newRoot(&app{}).Commands() {
		named = append(named, cmd.Name())
		text := below(verbs, ".Ss "+cmd.Name())
		if _, ok := forms[cmd.Name()]; !ok || text == nil {
			t.Errorf("%s has no subsection, or is not in the synopsis", cmd.Name())
		}
		if page, ok := pageOf(cmd.Name()); !ok {
			compare(t, cmd.Name(), cmd, described(text), forms[cmd.Name()])
		} else if !slices.Contains(text, ".Xr "+page+" 1 .") {
			t.Errorf("%s does not name its page, %s", cmd.Name(), page)
		}
	}
	for _, line := range verbs {
		if verb, ok := strings.CutPrefix(line, ".Ss "); ok && !slices.Contains(named, verb) {
			t.Errorf("there is no verb %s", verb)
		}
	}
	root := newRoot(&app{})
	root.InitDefaultHelpFlag()
	compare(t, "every verb", root, described(below(lines, ".Sh DESCRIPTION")), nil)
	classic := newClassic(&app{})
	classic.InitDefaultHelpFlag()
	compare(t, "the classic command line", classic, described(below(lines, ".Sh CLASSIC COMMAND LINE")), forms[""])
}

// pageOf is the page of a verb that is one of the tools.
func pageOf(verb string) (string, bool) {
	for name, t := range tools {
		if t.command(&app{}).Name() == verb {
			return name, true
		}
	}
	return "", false
}

func TestEachToolHasAPageWithItsFlags(t *testing.T) {
	pages := []string{"scanfile.5", "scanmaster.1"}
	for name, tool := range tools {
		pages = append(pages, name+".1")
		cmd := tool.command(&app{})
		if cmd.DisableFlagParsing {
			continue // its flags are the next test's
		}
		lines := page(t, name+".1")
		cmd.InitDefaultHelpFlag()
		compare(t, name, cmd, described(lines), synopsis(lines)[""])
	}
	var there []string
	entries, err := os.ReadDir("man")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		there = append(there, e.Name())
	}
	slices.Sort(pages)
	if diff := cmp.Diff(pages, there); diff != "" {
		t.Errorf("the pages that must be (-) and that are there (+):\n%s", diff)
	}
}

// The worker's command line isn't cobra's: what it takes is tried.
func TestTheWorkersPageHasTheFlagsThatItTakes(t *testing.T) {
	want := []string{job.CheckFlag, "--help", "--version"} // which are words of their own
	for letter := byte('!'); letter <= '~'; letter++ {
		if letter == '-' {
			continue
		}
		_, err := job.ParseArgs([]string{"-" + string(letter), "1", "name", "chunk"})
		if err == nil || !strings.HasPrefix(err.Error(), "there is no flag") {
			want = append(want, "-"+string(letter))
		}
	}
	slices.Sort(want)
	lines := page(t, "scanslave.1")
	if diff := cmp.Diff(want, described(lines)); diff != "" {
		t.Errorf("the flags of the program (-) and of the page (+):\n%s", diff)
	}
	if diff := cmp.Diff(want, slices.Compact(slices.Sorted(slices.Values(synopsis(lines)[""])))); diff != "" {
		t.Errorf("the flags of the program (-) and of the synopsis (+):\n%s", diff)
	}
}

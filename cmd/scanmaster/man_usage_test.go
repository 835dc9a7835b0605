package main

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// usage is a command line as it is meant to be: flags with the words for their values,
// which are empty where they take none, and operands in their order.
type usage struct {
	flags    []string // in the order in which they stand there
	values   map[string]string
	operands []string
}

// usageOf reads a line such as "plan FILE [-o text|json] [--set KEY=VALUE]...".
func usageOf(cmd *cobra.Command, line string) usage {
	line, _, _ = strings.Cut(line, " | ") // init has two forms, of which the second is classic
	line = strings.NewReplacer("[", " ", "]...", " ", "]", " ", "…", " ", "...", " ").Replace(line)
	u, valued := usage{values: make(map[string]string)}, ""
	for _, word := range strings.Fields(line)[1:] {
		word = strings.TrimSuffix(word, ",")
		switch {
		case valued != "":
			u.values[valued], valued = word, ""
		case strings.HasPrefix(word, "-"):
			u.flags, u.values[word] = append(u.flags, word), ""
			if takesValue(cmd, word) {
				valued = word
			}
		default:
			u.operands = append(u.operands, word)
		}
	}
	return u
}

// takesValue tells whether a flag, or what leads to the rest, is followed by a word.
func takesValue(cmd *cobra.Command, flag string) bool {
	f := cmd.Flags().Lookup(strings.TrimPrefix(flag, "--"))
	if len(flag) == len("-o") && flag != "--" {
		f = cmd.Flags().ShorthandLookup(flag[1:])
	}
	return f == nil || f.NoOptDefVal == ""
}

// formOf reads the first form of a command line in a synopsis; the verb is empty where
// there is none.
func formOf(lines []string, verb string) usage {
	u := usage{values: make(map[string]string)}
	rest := lines[slices.IndexFunc(lines, func(line string) bool { return line == ".Cm "+verb || verb == "" && line == ".Op Fl H" }):]
	if verb != "" {
		rest = rest[1:]
	}
	for _, line := range rest {
		if line == ".Nm" {
			break
		}
		for part := range strings.SplitSeq(strings.TrimPrefix(line, "."), "Op ") {
			u.take(strings.Fields(part))
		}
	}
	return u
}

// take reads what one pair of brackets holds, in macros: a flag with its value, or an
// operand.
func (u *usage) take(words []string) {
	if len(words) == 0 {
		return
	}
	var text strings.Builder
	flag, last := "", ""
	for i, word := range words {
		switch {
		case word == "..." || macro(word):
			last = cmp.Or(map[bool]string{true: word}[word == "Ar" || word == "Cm"], last)
		case i == 1 && words[0] == "Fl":
			flag = "-" + word
		case last == "Ar":
			text.WriteString(strings.ToUpper(word))
		default:
			text.WriteString(word)
		}
	}
	value := strings.TrimSuffix(text.String(), ",")
	switch {
	case flag != "":
		u.flags, u.values[flag] = append(u.flags, flag), value
	case words[0] == "Ar" && len(words) == 1:
		u.operands = append(u.operands, "FILE") // mdoc's default
	default:
		u.operands = append(u.operands, value)
	}
}

func TestTheManualCallsOperandsAsTheHelpDoes(t *testing.T) {
	lines := below(page(t, "scanmaster.1"), ".Sh SYNOPSIS")
	for _, cmd := range append(newRoot(&app{}).Commands(), newClassic(&app{})) {
		verb := cmd.Name()
		if _, ok := pageOf(verb); ok {
			continue
		}
		if cmd.Use == "scanmaster "+classicUse {
			verb = ""
		}
		help, form := usageOf(cmd, cmd.Use), formOf(lines, verb)
		if diff := gocmp.Diff(help.values, form.values); diff != "" {
			t.Errorf("%s: flags with their values in the help (-) and in the synopsis (+):\n%s", cmd.Name(), diff)
		}
		if diff := gocmp.Diff(help.operands, form.operands); diff != "" {
			t.Errorf("%s: operands in the help (-) and in the synopsis (+):\n%s", cmd.Name(), diff)
		}
	}
}

func TestTheManualHasTheVerbsInTheOrderOfTheHelp(t *testing.T) {
	var want, forms, sections []string
	for _, cmd := range newRoot(&app{}).Commands() {
		want = append(want, cmd.Name())
	}
	lines := page(t, "scanmaster.1")
	for _, line := range below(lines, ".Sh VERBS") {
		if verb, ok := strings.CutPrefix(line, ".Ss "); ok {
			sections = append(sections, verb)
		}
	}
	if diff := gocmp.Diff(want, sections); diff != "" {
		t.Errorf("the verbs of the help (-) and the subsections (+):\n%s", diff)
	}
	named := false
	for _, line := range below(lines, ".Sh SYNOPSIS") {
		verbs, ok := strings.CutPrefix(line, ".Cm ")
		if ok && named {
			forms = append(forms, strings.Split(verbs, " | ")...)
		}
		named = line == ".Nm"
	}
	if diff := gocmp.Diff(append(want, "help"), slices.Compact(forms)); diff != "" {
		t.Errorf("the verbs of the help (-) and the synopsis (+):\n%s", diff)
	}
}

func TestTheFlagsOfAVerbAreInTheOrderOfTheAlphabet(t *testing.T) {
	lines := page(t, "scanmaster.1")
	for _, cmd := range newRoot(&app{}).Commands() {
		if _, ok := pageOf(cmd.Name()); ok {
			continue
		}
		form := formOf(below(lines, ".Sh SYNOPSIS"), cmd.Name()).flags
		// What is only said with another flag follows that one.
		form = slices.DeleteFunc(form, func(flag string) bool { return cmd.Name() == "plan" && flag == "--detailed-exitcode" })
		var items []string
		for _, line := range below(below(lines, ".Sh VERBS"), ".Ss "+cmd.Name()) {
			if strings.HasPrefix(line, ".It Fl ") {
				items = append(items, flagsIn(line)[0])
			}
		}
		for where, flags := range map[string][]string{"synopsis": form, "list": items} {
			if !slices.IsSortedFunc(flags, func(a, b string) int { return cmp.Compare(strings.Trim(a, "-"), strings.Trim(b, "-")) }) {
				t.Errorf("%s: in the %s stand %s", cmd.Name(), where, flags)
			}
		}
	}
}

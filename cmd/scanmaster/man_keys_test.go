package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/schema"
	"scanmaster/spec"
)

// statuses are those that the help of a command names.
func statuses(help string) []string {
	var all []string
	for _, line := range regexp.MustCompile(`(?m)^  (\d+(?:, \d+)*) `).FindAllStringSubmatch(help, -1) {
		all = append(all, strings.Split(line[1], ", ")...)
	}
	return all
}

// pageStatuses are those that a page has.
func pageStatuses(t *testing.T, file string) []string {
	t.Helper()
	var all []string
	for _, line := range below(page(t, file), ".Sh EXIT STATUS") {
		if item, ok := strings.CutPrefix(line, ".It "); ok {
			all = append(all, strings.Split(item, " , ")...)
		}
	}
	return all
}

func TestTheManualHasTheExitStatuses(t *testing.T) {
	var ours []string
	for _, status := range []int{
		exitComplete, exitNotDone, exitUsage, exitFailed, exitUnreachable, exitIncomplete, exitHook, exitChanged,
		exitSignal + int(syscall.SIGINT), exitSignal + int(syscall.SIGTERM),
	} {
		ours = append(ours, fmt.Sprint(status))
	}
	if diff := cmp.Diff(ours, pageStatuses(t, "scanmaster.1")); diff != "" {
		t.Errorf("the exit statuses (-) and those of scanmaster.1 (+):\n%s", diff)
	}
	for file, help := range map[string]string{
		"scanmaster.1": exitHelp, "scanhosts.1": scanExit, "checkhosts.1": checkExit, "autopw.1": autopwExit, "tkill.1": tkillExit,
	} {
		if diff := cmp.Diff(statuses(help), pageStatuses(t, file)); diff != "" {
			t.Errorf("%s: the exit statuses of the help (-) and of the page (+):\n%s", file, diff)
		}
	}
	// A worker judges no scan, and so has but some of them.
	some := pageStatuses(t, "scanslave.1")
	for _, status := range some {
		if !slices.Contains(ours, status) {
			t.Errorf("scanslave.1: there is no exit status %s", status)
		}
	}
	if len(some) == 0 {
		t.Error("scanslave.1 has no exit statuses")
	}
}

// property is what the schema says of a key, as far as the manual says it, too.
type property struct {
	Properties map[string]property
	Items      *property
	OneOf      []property
	Enum       []string
	Default    any
}

// keysOf gives all keys below a path, however they are written.
func (p property) keysOf(path string, found map[string]property) {
	for key, inner := range p.Properties {
		found[path+key] = inner
		inner.keysOf(path+key+".", found)
	}
	if p.Items != nil {
		p.Items.keysOf(path, found)
	}
	for _, form := range p.OneOf {
		form.keysOf(path, found)
	}
}

// items gives what the page says of each key, without what is said of those in it.
func items(lines []string) map[string]string {
	found := make(map[string]string)
	key := ""
	for _, line := range lines {
		if item, ok := strings.CutPrefix(line, ".It Ic "); ok {
			key = item
			found[key] = ""
			continue
		}
		found[key] += line + " "
	}
	delete(found, "") // what stands before the first
	return found
}

func TestTheManualHasEachKeyOfAScanFile(t *testing.T) {
	var root property
	if err := json.Unmarshal(schema.JSON, &root); err != nil {
		t.Fatal(err)
	}
	keys := make(map[string]property)
	root.keysOf("", keys)
	texts := items(below(page(t, "scanfile.5"), ".Sh KEYS"))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(keys)), slices.Sorted(maps.Keys(texts))); diff != "" {
		t.Errorf("the keys of the schema (-) and of the page (+):\n%s", diff)
	}
	for key, p := range keys {
		for _, word := range p.Enum {
			if !says(texts[key], word) {
				t.Errorf("%s may be %s, which the page doesn't say", key, word)
			}
		}
		if p.Default != nil && !says(texts[key], fmt.Sprint(p.Default)) {
			t.Errorf("%s is %v by default, which the page doesn't say", key, p.Default)
		}
	}
}

// says tells whether a text has a value, as it stands or as a length of time that
// is written in another way.
func says(text, value string) bool {
	if strings.Contains(" "+strings.NewReplacer(",", " ", ":", " ", ";", " ").Replace(text)+" ", " "+value+" ") {
		return true
	}
	var want, got spec.Duration
	if want.UnmarshalText([]byte(value)) != nil {
		return false
	}
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		return got.UnmarshalText([]byte(strings.TrimRight(word, ":,;."))) == nil && got == want
	})
}

func TestScanFilesOfTheManualAreValid(t *testing.T) {
	text := strings.Join(below(page(t, "scanfile.5"), ".Sh EXAMPLES"), "\n")
	blocks := regexp.MustCompile(`(?s)\.Bd -literal[^\n]*\n(.*?)\.Ed`).FindAllStringSubmatch(text, -1)
	if len(blocks) < 2 {
		t.Fatalf("%d examples in scanfile.5", len(blocks))
	}
	for _, block := range blocks {
		if _, problems := spec.Parse("scanfile.5", []byte(block[1])); len(problems) > 0 {
			t.Errorf("%v\nin:\n%s", problems, block[1])
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scanmaster/spec"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestScanFilesOfTheReadmeAreValid(t *testing.T) {
	blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(readme(t), -1)
	if len(blocks) < 2 {
		t.Fatalf("%d yaml blocks in README.md", len(blocks))
	}
	for _, block := range blocks {
		_, problems := spec.Parse("README.md", []byte(block[1]))
		if strings.HasPrefix(block[1], "# /etc/scanmaster/policy.yaml\n") {
			_, problems = spec.ParsePolicy("README.md", []byte(block[1]))
		}
		if len(problems) > 0 {
			t.Errorf("%v\nin:\n%s", problems, block[1])
		}
	}
}

func TestThePolicyOfTheReadmeAndTheManualHaveEachKey(t *testing.T) {
	text, manual := readme(t), page(t, "scanmaster.1")
	_, text, _ = strings.Cut(text, "\n# /etc/scanmaster/policy.yaml\n")
	text, _, _ = strings.Cut(text, "\n```\n")
	for field := range reflect.TypeFor[spec.Policy]().Fields() {
		key := field.Tag.Get("yaml")
		if key != "" && !strings.Contains("\n"+text, "\n"+key+": ") {
			t.Errorf("README's policy lacks %s", key)
		}
		if key != "" && !slices.Contains(below(manual, ".Sh POLICY"), ".It Ic "+key) {
			t.Errorf("scanmaster.1 lacks %s", key)
		}
	}
}

func TestTheReadmeHasARowForEachKeyAndEachExitStatus(t *testing.T) {
	text := readme(t)
	for field := range reflect.TypeFor[spec.Scan]().Fields() {
		if key := field.Tag.Get("yaml"); key != "" && !strings.Contains(text, "\n| `"+key+"` |") {
			t.Errorf("no row for %s", key)
		}
	}
	for line := range strings.Lines(exitHelp) {
		status := strings.TrimSuffix(strings.Fields(line)[0], ",")
		if status != "Exit" && !strings.Contains(text, "\n| "+status) {
			t.Errorf("no row for exit status %s", status)
		}
	}
}

var testName = regexp.MustCompile("`(Test[A-Za-z]+)`")

// What README promises is held by tests that are there.
func TestEachPromiseOfTheReadmeHasItsTest(t *testing.T) {
	tests := allTests(t)
	names := testName.FindAllStringSubmatch(readme(t), -1)
	if len(names) < 8 {
		t.Errorf("README names %d tests", len(names))
	}
	for _, name := range names {
		if !strings.Contains(tests, "\nfunc "+name[1]+"(") {
			t.Errorf("there is no %s", name[1])
		}
	}
}

// allTests is the text of all test files.
func allTests(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("../..", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// TestTheReadmeHasEachFlagOfTheTools holds its table against the programs, and what
// shows it against the scripts that there are.
func TestTheReadmeHasEachFlagOfTheTools(t *testing.T) {
	text := readme(t)
	_, text, _ = strings.Cut(text, "| tool | flag or file |")
	text, _, _ = strings.Cut(text, "\n\n")
	rows := make(map[string]string)
	last := ""
	for row := range strings.Lines(text) {
		cells := strings.Split(row, "|")
		if len(cells) < 6 {
			continue
		}
		if name := strings.Trim(cells[1], " `"); name != "" {
			last = name
		}
		rows[last] += cells[2]
		for _, script := range regexp.MustCompile("`([a-z_]+\\.txtar)`").FindAllStringSubmatch(cells[4], -1) {
			if _, err := os.Stat(filepath.Join("testdata", "script", script[1])); err != nil {
				t.Error(err)
			}
		}
	}
	a := &app{args: []string{"scanmaster"}, getenv: os.Getenv}
	commands := map[string]*cobra.Command{"scanmaster": newClassic(a)}
	for name, tool := range tools {
		commands[name] = tool.command(a)
	}
	for name, cmd := range commands {
		flags := regexp.MustCompile(`-[A-Za-z]( -[A-Za-z])*`).FindAllString(rows[name], -1)
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Shorthand != "" && !f.Hidden && name+f.Shorthand != "checkhostsn" && !slices.Contains(strings.Fields(strings.Join(flags, " ")), "-"+f.Shorthand) {
				t.Errorf("%s -%s isn't in the table: %q", name, f.Shorthand, rows[name])
			}
		})
		if rows[name] == "" {
			t.Errorf("%s isn't in the table", name)
		}
	}
}

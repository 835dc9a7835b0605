package scaffold_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"scanmaster/cmd/internal/scaffold"
	"scanmaster/schema"
	"scanmaster/spec"
)

// kinds are the scan files that there are.
var kinds = map[string]scaffold.Config{
	"on this machine": {Name: "audit"},
	"of a CI system":  {Name: "audit", CI: "github"},
	"elsewhere":       {Name: "audit", Hosts: []string{"scan1", "2001:db8::1", "on", "10.0.0.1"}, Keys: []string{"scan1 ssh-ed25519 AAAA"}},
}

// load reads a scan file's text where its base is, too.
func load(t *testing.T, text string) *spec.Scan {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "scan", "scan.yaml")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{path: text, filepath.Join(dir, "site.yaml"): "version: 1\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scan, problems := spec.Load(path)
	if problems.HasErrors() {
		t.Fatalf("%v\nin\n%s", problems, text)
	}
	return scan
}

var commented = regexp.MustCompile(`^# ( *)([A-Za-z_][a-zA-Z_0-9]*):( .*)?$`)

// key is one that stands as a comment: its path, and its lines with those that it
// needs around it, and below it.
type key struct {
	path  string
	lines []string
}

// comments finds the keys that stand as comments.
func comments(text string) []key {
	var keys []key
	var above []key // by depth
	for line := range strings.Lines(text) {
		m := commented.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			continue
		}
		depth := len(m[1]) / 2
		above = above[:depth]
		k := key{path: m[2]}
		if depth > 0 {
			k.path = above[depth-1].path + "." + m[2]
			k.lines = slices.Clone(above[depth-1].lines)
		}
		k.lines = append(k.lines, strings.TrimPrefix(line, "# "))
		above = append(above, k)
		if value, _, _ := strings.Cut(m[3], "#"); strings.TrimSpace(value) != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// said gives the lines without comments, and without those of a key that is said
// otherwise.
func said(text, but string) string {
	var kept []string
	drop := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		if line[0] != ' ' {
			drop = strings.HasPrefix(line, but+":")
		}
		if !drop {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func TestEachKeyStandsThereAndIsValidAndItsDefaultHolds(t *testing.T) {
	defaults := defaultsOf(t)
	for name, config := range kinds {
		text := string(scaffold.Files(config)[0].Text)
		plain := load(t, text)
		if got := len(keysIn(said(text, ""))); got != 6 {
			t.Errorf("%s: %d keys are said", name, got)
		}
		found := keysIn(said(text, ""))
		for _, k := range comments(text) {
			found = append(found, k.path)
			top, _, _ := strings.Cut(k.path, ".")
			with := load(t, said(text, top)+strings.Join(k.lines, ""))
			switch same := cmp.Equal(plain, with, cmpopts.IgnoreUnexported(spec.Scan{})); {
			case defaults[k.path] && !same && !slices.Contains(found[:6], top):
				t.Errorf("%s: %s isn't the default:\n%s", name, k.path, cmp.Diff(plain, with, cmpopts.IgnoreUnexported(spec.Scan{})))
			case !defaults[k.path] && same && k.path != "attach":
				t.Errorf("%s: %s changes nothing", name, k.path)
			}
		}
		for _, want := range wanted(reflect.TypeFor[spec.Scan](), "") {
			if !slices.Contains(found, want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
	}
}

// keysIn are the keys that stand at the beginning of lines.
func keysIn(text string) []string {
	var keys []string
	for _, m := range regexp.MustCompile(`(?m)^([a-zA-Z_]+):`).FindAllStringSubmatch(text, -1) {
		keys = append(keys, m[1])
	}
	return keys
}

// wanted are the keys of a type, those in mappings that have others, too. A script
// and workers have a form of one line, which names theirs.
func wanted(typ reflect.Type, above string) []string {
	var all []string
	for field := range typ.Fields() {
		tag := field.Tag.Get("yaml")
		switch inner := field.Type; {
		case tag == "":
		case inner.Kind() == reflect.Struct && inner.NumField() > 0 && inner.Field(0).Tag.Get("yaml") != "" && tag != "remote":
			all = append(all, wanted(inner, above+tag+".")...)
		case tag == "fail_on":
			all = append(all, "fail_on.unreachable")
		default:
			all = append(all, above+tag)
		}
	}
	return all
}

// defaultsOf tells which keys have a default.
func defaultsOf(t *testing.T) map[string]bool {
	t.Helper()
	type property struct {
		Properties map[string]json.RawMessage
		Default    any
	}
	found := make(map[string]bool)
	var look func(raw []byte, path string)
	look = func(raw []byte, path string) {
		var p property
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatal(err)
		}
		found[path] = p.Default != nil
		for key, inner := range p.Properties {
			look(inner, strings.TrimPrefix(path+"."+key, "."))
		}
	}
	look(schema.JSON, "")
	return found
}

func TestTheFormsOfAScriptAndOfWorkersAreNamed(t *testing.T) {
	text := string(scaffold.Files(kinds["elsewhere"])[0].Text)
	for _, typ := range []reflect.Type{reflect.TypeFor[spec.Remote](), reflect.TypeFor[spec.Host]()} {
		for field := range typ.Fields() {
			if word := field.Tag.Get("yaml") + ": "; !strings.Contains(text, word) {
				t.Errorf("no %s", word)
			}
		}
	}
}

func TestTheWorkersAreThoseThatWereNamed(t *testing.T) {
	scan := load(t, string(scaffold.Files(kinds["elsewhere"])[0].Text))
	want := spec.Hosts{{Host: "scan1"}, {Host: "2001:db8::1"}, {Host: "on"}, {Host: "10.0.0.1"}}
	if diff := cmp.Diff(want, scan.Hosts); diff != "" || scan.KnownHosts != scaffold.KnownHosts {
		t.Errorf("%s\n%s", scan.KnownHosts, diff)
	}
}

func TestTheWorkflowsFindTheScanFileAndTheirScript(t *testing.T) {
	for _, system := range scaffold.Systems() {
		var workflow, script string
		for _, f := range scaffold.Files(scaffold.Config{Name: "audit", CI: system})[1:] {
			switch {
			case f.Path == "ci/apply-or-resume.sh" && f.Executable:
				script = f.Path
			case strings.HasSuffix(f.Path, ".yml"):
				workflow += string(f.Text)
				if first, _, _ := strings.Cut(string(f.Text), ":"); first != "# "+f.Path {
					t.Errorf("%s takes itself for %s", f.Path, first)
				}
			}
		}
		for _, want := range []string{"scanmaster validate scan.yaml", "scanmaster plan scan.yaml", "sh " + script + " scan.yaml "} {
			if script == "" || !strings.Contains(workflow, want) {
				t.Errorf("%s: no %q", system, want)
			}
		}
	}
}

func TestTheFirstLineLeadsToTheSchema(t *testing.T) {
	files := scaffold.Files(kinds["on this machine"])
	first, _, _ := strings.Cut(string(files[0].Text), "\n")
	path := strings.TrimPrefix(first, "# yaml-language-server: $schema=")
	for _, f := range files {
		if f.Path == path && string(f.Text) == string(schema.JSON) {
			return
		}
	}
	t.Errorf("there is no schema at %q", path)
}

func TestTheScriptRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "scan")
	files := scaffold.Files(kinds["on this machine"])
	if err := scaffold.Write(dir, files); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "remote.sh")).Output()
	if status := new(exec.ExitError); err != nil && (!asExit(err, &status) || status.ExitCode() != 3) {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), ", up ") || strings.Count(string(out), "\n") != 1 {
		t.Errorf("it says %q", out)
	}
	there, err := scaffold.There(dir, files)
	if err != nil || len(there) != len(files) {
		t.Errorf("there are %q, %v", there, err)
	}
	if err := scaffold.Write(dir, files); err == nil {
		t.Error("what is there is written over")
	}
}

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError) //nolint:errorlint // Output wraps nothing
	*to = e
	return ok
}

func TestAFolderGivesTheScanItsName(t *testing.T) {
	for folder, want := range map[string]string{
		"audit": "audit", "patch level": "patch-level", "..": "scan", "/": "scan", "_x.y_": "x-y", "Ünder": "nder", strings.Repeat("x", 200): strings.Repeat("x", 100),
	} {
		got := scaffold.NameOf(folder)
		if got != want {
			t.Errorf("%q gives %q, want %q", folder, got, want)
		}
		scan := load(t, string(scaffold.Files(scaffold.Config{Name: got})[0].Text))
		if scan.Name != want {
			t.Errorf("%q is read as %q", want, fmt.Sprint(scan.Name))
		}
	}
	if scan := load(t, string(scaffold.Files(scaffold.Config{Name: "2026"})[0].Text)); scan.Name != "2026" {
		t.Errorf("a number is read as %q", scan.Name)
	}
}

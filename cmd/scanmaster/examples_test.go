package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"gopkg.in/yaml.v3"

	"scanmaster/runner/fleet"
	"scanmaster/spec"
)

// examples gives the scan files of all examples.
func examples(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("../../examples/*/scan.yaml")
	if err != nil || len(found) < 3 {
		t.Fatalf("found %q, %v", found, err)
	}
	return found
}

func TestEveryExampleHasAPlan(t *testing.T) {
	for _, file := range examples(t) {
		var stdout, stderr bytes.Buffer
		status := run(t.Context(), &app{
			args:   []string{"scanmaster", "plan", file},
			stdout: &stdout, stderr: &stderr, getenv: func(name string) string { return map[string]string{"HOME": "/home/me"}[name] },
		})
		if status != exitComplete || stderr.Len() > 0 {
			t.Errorf("%s: status %d\n%s", file, status, stderr.String())
		}
	}
}

func TestEveryExampleIsInTheReadme(t *testing.T) {
	readme, err := os.ReadFile("../../examples/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range examples(t) {
		link := "(" + strings.TrimPrefix(file, "../../examples/") + ")"
		if !strings.Contains(string(readme), link) {
			t.Errorf("examples/README.md says nothing of %s", link)
		}
	}
}

func TestAnExampleHasEveryKey(t *testing.T) {
	text, err := os.ReadFile("../../examples/every-key/scan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var example map[string]any
	if err := yaml.Unmarshal(text, &example); err != nil {
		t.Fatal(err)
	}
	said := keys(example)
	for _, key := range fields(reflect.TypeFor[spec.Scan]()) {
		if !slices.Contains(said, key) {
			t.Errorf("examples/every-key does not have %s", key)
		}
	}
}

// keys gives the keys of a mapping and of all that is in it, as "hooks.pre";
// what is in lists counts as in the list's own key.
func keys(value any) []string {
	var all []string
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			all = append(all, key)
			for _, k := range keys(inner) {
				all = append(all, key+"."+k)
			}
		}
	case []any:
		for _, inner := range v {
			all = append(all, keys(inner)...)
		}
	}
	return all
}

// fields gives the keys that a type has, in the same form.
func fields(typ reflect.Type) []string {
	var all []string
	switch typ.Kind() {
	case reflect.Slice:
		return fields(typ.Elem())
	case reflect.Struct:
		for field := range typ.Fields() {
			key := field.Tag.Get("yaml")
			if key == "" {
				continue // not a key of the file
			}
			all = append(all, key)
			for _, k := range fields(field.Type) {
				all = append(all, key+"."+k)
			}
		}
	}
	return all
}

func TestTheLocalExampleRuns(t *testing.T) {
	const targets = 7
	home, key := newHome(t)
	f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var input strings.Builder
	for n := range targets {
		at, err := f.Add(fleet.Behaviour{})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&input, "host%d %s\n", n, at)
	}
	dir := copyExample(t, "local", input.String())
	applyAt(t, filepath.Join(dir, "scan.yaml"), home, exitComplete)
	ok, err := os.ReadFile(filepath.Join(dir, "results", "chunked", "uptime", "final", "ok"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(ok), " processors, load "); n != targets {
		t.Errorf("%d of %d targets said how they are:\n%s", n, targets, ok)
	}
}

// newHome gives a home with a key for targets, and the key that these must let in.
func newHome(t *testing.T) (string, ssh.PublicKey) {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	key, err := fleet.WriteKey(filepath.Join(home, ".ssh", "id_ed25519"))
	if err != nil {
		t.Fatal(err)
	}
	return home, key
}

// copyExample gives the folder of a copy of an example with other targets.
func copyExample(t *testing.T, name, targets string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("../../examples", name))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "targets.txt"), targets)
	scan := filepath.Join(dir, "scan.yaml")
	text, err := os.ReadFile(scan)
	if err != nil {
		t.Fatal(err)
	}
	// Not every machine lets one ping.
	write(t, scan, string(text)+"checks: {ping: false}\n")
	return dir
}

// applyAt applies a scan file, which must end with one of the statuses.
func applyAt(t *testing.T, scan, home string, statuses ...int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "scanmaster", "apply", scan)
	cmd.Env = append(os.Environ(), "HOME="+home, "SSH_AUTH_SOCK=")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || !slices.Contains(statuses, cmd.ProcessState.ExitCode()) {
		t.Fatalf("%v\n%s", err, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

// The examples that answer a question are asked of machines of all kinds. Those
// of an example are in testdata/examples, in one file. Of a machine there is
//
//	MACHINE/bin/…   its tools, beside those that every system has
//	MACHINE/root/…  its files
//	MACHINE/want    the outcome of the target, and what the script must say
//
// and final/… is what an aggregator must make of all of them.
func TestEachExampleAnswersItsQuestion(t *testing.T) {
	examplesAnswer(t, plainTools(t))
}

// plainTools gives a folder with the tools that scripts may take for given on
// any system, and with no others: what isn't there must be missing.
func plainTools(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, tool := range []string{
		"awk", "basename", "cat", "cut", "dirname", "env", "find", "grep", "mktemp", "rm", "sed", "sh", "sha256sum", "sort", "tail", "tr", "uname",
	} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(dir, tool)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func examplesAnswer(t *testing.T, tools string) {
	t.Helper()
	files, err := filepath.Glob("testdata/examples/*.txtar")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %q, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			exampleAnswers(t, file, tools)
		})
	}
}

func exampleAnswers(t *testing.T, file, tools string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(filepath.Base(file), ".txtar")
	home, key := newHome(t)
	dir := copyExample(t, name, startMachines(t, archive, key, tools))
	// What is found may fail the scan.
	applyAt(t, filepath.Join(dir, "scan.yaml"), home, exitComplete, exitFailed)
	prefix := filepath.Join(dir, "results", "chunked", name)
	said := outcomes(t, prefix)
	got := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		machine, of, _ := strings.Cut(f.Name, "/")
		switch {
		case of == "want":
			f.Data = []byte(said[machine])
		case machine == "final":
			if f.Data, err = os.ReadFile(filepath.Join(prefix, f.Name)); err != nil {
				t.Fatal(err)
			}
		}
		got.Files = append(got.Files, f)
	}
	if *update {
		write(t, file, string(txtar.Format(got)))
	} else if diff := cmp.Diff(string(txtar.Format(archive)), string(txtar.Format(got))); diff != "" {
		t.Errorf("what is wanted (-) and what came (+):\n%s", diff)
	}
}

// startMachines lays the machines out, starts a server for each, and gives the
// list of them.
func startMachines(t *testing.T, archive *txtar.Archive, key ssh.PublicKey, tools string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range archive.Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	machines, err := filepath.Glob(filepath.Join(dir, "*", "want"))
	if err != nil || len(machines) == 0 {
		t.Fatalf("no machines: %v", err)
	}
	var list strings.Builder
	for _, want := range machines {
		machine := filepath.Dir(want)
		f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}, Env: []string{
			"PATH=" + filepath.Join(machine, "bin") + ":" + tools, "ROOT=" + filepath.Join(machine, "root"),
		}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		at, err := f.Add(fleet.Behaviour{})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&list, "%s %s\n", filepath.Base(machine), at)
	}
	return list.String()
}

// outcomes gives what came of each target: its class, and what its script wrote
// on standard output.
func outcomes(t *testing.T, prefix string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(prefix, "*", "output", "*", "*", "hosts_*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no outcomes: %v", err)
	}
	said := make(map[string]string)
	for _, file := range files {
		class := strings.TrimPrefix(filepath.Base(file), "hosts_")
		if class == "checked" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for record := range strings.Lines(string(text)) {
			host, output, _ := strings.Cut(record, ",")
			_, output, _ = strings.Cut(output, ",")
			said[host] = class + "\n" + output
		}
	}
	return said
}

func TestEachExampleIsSetAgainstMachines(t *testing.T) {
	// These show how scans are written; they need hosts, or have a test of their own.
	others := []string{"every-key", "local", "workers"}
	for _, file := range examples(t) {
		name := filepath.Base(filepath.Dir(file))
		if _, err := os.Stat(filepath.Join("testdata", "examples", name+".txtar")); err != nil && !slices.Contains(others, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

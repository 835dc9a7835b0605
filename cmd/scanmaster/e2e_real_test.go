//go:build e2e

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// settings are those of every scan over a field.
func settings(f field) string {
	return fmt.Sprintf(`version: 1
name: audit
input: input
remote: remote.sh
dir: ../share
hosts: [local, local, local]
jobs: 20
targets: {user: root, identity: %s, port: %d}
timeouts: {connect: 5s, banner: 2s, auth: 20s, run: 5s}
`, f.key.Private, f.port)
}

// noting notes down how it was called: its arguments, folder and environment,
// each in a file that begins with the hook's name.
const noting = `#!/bin/sh
set -eu
note=$NOTES/%[1]s.$(basename "$1")
printf '%%s\n' "$@" >"$note.args"
pwd >"$note.dir"
env >"$note.env"
`

const hookedScan = `passthrough: [-I]
SCAN_ENV: {LANG: C, GREETING: "two  blanks, 'quotes' and $HOME"}
hooks: {pre: pre.sh, post_chunk: post.chunk.sh, aggregate: aggregate.sh}
`

// TestRealScanWithAllHooks holds what a scan of every kind of target leaves, and
// how its hooks are called, against the classic suite. By the classic -I it
// connects to the host field, which must be an address here.
func TestRealScanWithAllHooks(t *testing.T) {
	s, f := newScene(t), newField(t)
	all := f.targets()
	for i := range all {
		all[i].host, all[i].ip = all[i].ip, ""
	}
	s.write(t, "input", input(all))
	s.write(t, "remote.sh", script)
	s.write(t, "pre.sh", fmt.Sprintf(noting, "pre"))
	s.write(t, "post.chunk.sh", fmt.Sprintf(noting, "post"))
	s.write(t, "aggregate.sh", fmt.Sprintf(noting, "aggregate")+
		standIn(t, "newer.sh")+" \"$@\"\ncd \"$(dirname \"$3\")\"\nfind . -name '.?*' -prune -o -name 'hosts_*' -newer started -print >\"$note.found\"\n")
	scan := s.write(t, "scan.yaml", settings(f)+hookedScan)
	s.expect(t, exitComplete, "apply", scan)

	prefix := s.prefix("audit")
	compareResults(t, filepath.Join(prefix, "*", "output", "*", "*", "hosts_"), byClass(all))
	gathered := filepath.Join(prefix, "gathered")
	compareResults(t, gathered+"/all.", byClass(all))
	if err := os.RemoveAll(gathered); err != nil { // the rest is the program's
		t.Fatal(err)
	}
	compareTree(t, prefix, "xaa", "xab", "xac")
	compareHooks(t, s, prefix, "xaa", "xab", "xac")
	if found := sortedLines(read(t, filepath.Join(s.notes, "aggregate.audit.found"))); len(found) < 6 {
		t.Errorf("the aggregator found no more than %q", found)
	}
	if left := s.processes(t); len(left) > 0 {
		t.Errorf("still running: %q", left)
	}
}

// compareHooks holds what the hooks noted against how the classic suite calls
// them.
func compareHooks(t *testing.T, s *scene, prefix string, chunks ...string) {
	t.Helper()
	noted := func(name string) string { return read(t, filepath.Join(s.notes, name)) }
	minute := one(t, filepath.Join(prefix, "input", "*"))
	want := map[string]string{
		"pre.audit.args":       "audit\n",
		"pre.audit.dir":        s.dir + "\n",
		"aggregate.audit.args": strings.Join([]string{"audit", filepath.Join(s.dir, "input"), filepath.Join(prefix, "started")}, "\n") + "\n",
		"aggregate.audit.dir":  minute + "\n",
	}
	for _, chunk := range chunks {
		folder := one(t, filepath.Join(prefix, "[0-9]*."+chunk))
		note := "post." + filepath.Base(folder)
		want[note+".args"], want[note+".dir"] = folder+"\n", folder+"\n"
		env := sortedLines(noted(note + ".env"))
		for _, v := range []string{"LANG=C", "GREETING=two  blanks, 'quotes' and $HOME", "NOTES=" + s.notes} {
			if !slices.Contains(env, v) {
				t.Errorf("%s: %q is not in its environment", note, v)
			}
		}
	}
	got := make(map[string]string)
	for name := range want {
		got[name] = noted(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("how hooks were called (-want +got):\n%s", diff)
	}
}

// TestRealScanWithTheBuiltInMerge has names and addresses in the input, and no
// hooks.
func TestRealScanWithTheBuiltInMerge(t *testing.T) {
	s, f := newScene(t), newField(t)
	all := f.targets()
	s.write(t, "input", input(all))
	s.write(t, "remote.sh", script)
	scan := s.write(t, "scan.yaml", settings(f)+"fail_on: {exit_3: 3}\n")
	s.expect(t, exitFailed, "apply", scan)

	prefix := s.prefix("audit")
	classes := byClass(all)
	compareResults(t, filepath.Join(prefix, "*", "output", "*", "*", "hosts_"), classes)

	final := filepath.Join(prefix, "final")
	counts := make([]string, 0, len(classes))
	for class, records := range classes {
		if class != "checked" {
			counts = append(counts, fmt.Sprintf("%d %s", len(records), class))
		}
	}
	for _, count := range counts {
		if !slices.Contains(sortedLines(read(t, filepath.Join(final, "count"))), count) {
			t.Errorf("final/count does not hold %q:\n%s", count, read(t, filepath.Join(final, "count")))
		}
	}
	classes["output"] = classes["ok"]
	classes["ok"] = nil
	for _, record := range classes["output"] {
		first, _, _ := strings.Cut(record, "\n")
		classes["ok"] = append(classes["ok"], first+"\n")
	}
	compareResults(t, final+"/", classes)
}

// compareResults holds the files whose names are a pattern and a class against
// the records that there must be, in whatever order.
func compareResults(t *testing.T, pattern string, want map[string][]string) {
	t.Helper()
	for class, records := range want {
		text := gathered(t, pattern+class)
		size := 0
		for _, record := range records {
			size += len(record)
			if !strings.HasPrefix(text, record) && !strings.Contains(text, "\n"+record) {
				t.Errorf("%s: %.80q is not there", class, record)
			}
		}
		if size != len(text) {
			t.Errorf("%s: %d bytes, want %d\n%.2000s", class, len(text), size, text)
		}
	}
}

// numbers are what differs from run to run in a tree.
var numbers = regexp.MustCompile(`\d{12}`)

// compareTree holds the names below PREFIX against the classic ones. Hidden
// files of ours and the results, which compareResults looks at, stay aside.
func compareTree(t *testing.T, prefix string, chunks ...string) {
	t.Helper()
	want := []string{".whosts", "ended", "started", "input/", "input/MIN/"}
	for _, chunk := range chunks {
		folder := "MIN." + chunk + "/"
		want = append(want, "input/MIN/"+chunk, folder)
		for _, name := range []string{
			".done", "ended", "started", "input/", "input/MIN/", "input/MIN/xaa",
			"output/", "output/input", "output/MIN/", "output/MIN/xaa/",
		} {
			want = append(want, folder+name)
		}
	}
	slices.Sort(want)
	var got []string
	for _, name := range tree(t, prefix) {
		base := filepath.Base(name)
		ours := strings.Contains("/"+name, "/.") && base != ".done" && base != ".whosts" && base != ".slave"
		if !ours && !strings.HasPrefix(base, "hosts_") {
			got = append(got, numbers.ReplaceAllString(name, "MIN"))
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is below PREFIX (-want +got):\n%s", diff)
	}
	for _, name := range tree(t, prefix) {
		info, err := os.Lstat(filepath.Join(prefix, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode()&0o077 != 0 {
			t.Errorf("%s: others may get at it: %v", name, info.Mode())
		}
	}
}

// one gives the only path that a pattern finds.
func one(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) != 1 {
		t.Fatalf("%s: found %q, %v", pattern, paths, err)
	}
	return paths[0]
}

//go:build e2e

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/cmd/internal/ground"
)

// TestRealHostsWithClassicWorkers has our master drive the classic scanslave.
func TestRealHostsWithClassicWorkers(t *testing.T) {
	f := newFarm(t)
	dir := f.scanslaves(t, standIn(t, "scanslave.sh"))
	workers := []*ground.Machine{
		{Name: "scan1", Setup: []string{ground.Programs(dir)}}, {Name: "scan2", Setup: []string{ground.Programs(dir)}},
	}
	f.lan.Add(t, workers...)
	targets := f.targets(t, 5)
	f.trust(t, workers...)
	more := "deploy: never\nshell: login\nSCAN_ENV: {LANG: C}\nhooks: {post_chunk: post.sh}\n"
	f.write(t, "post.sh", "#!/bin/sh\npwd >\"$1/post.dir\"\n")
	scan := f.scan(t, targets, f.hosts(workers...), more)

	// Host keys that it can't honour concern trust.
	r := f.expect(t, exitNotDone, "apply", scan)
	if !strings.Contains(r.stderr, "host_keys") {
		t.Errorf("it does not say that host_keys can't be honoured:\n%s", r.stderr)
	}
	text := strings.Replace(read(t, scan), "~/.ssh/target}", "~/.ssh/target, host_keys: off}", 1)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the worker says\n%s", gathered(t, filepath.Join(workers[0].Home("root"), "scanslave.log")))
		}
	})
	f.expect(t, exitComplete, "apply", f.write(t, "scan.yaml", text))
	f.wantGreetings(t, targets, 2)
	prefix := f.prefix("audit")
	lines := []string{"3", "2"}
	for i, m := range workers {
		chunk := one(t, filepath.Join(prefix, "input", "*", []string{"xaa", "xab"}[i]))
		run := one(t, filepath.Join(prefix, ".run-*"))
		want := strings.Join([]string{
			"-A", "pubkey", "-d", f.share, "-r", filepath.Join(run, "remote"), "-p", filepath.Join(run, "post_chunk"),
			"-n", lines[i], "audit", chunk,
		}, "\n") + "\n"
		if diff := cmp.Diff(want, read(t, filepath.Join(m.Home("root"), "scanslave.args"))); diff != "" {
			t.Errorf("how %s was called (-want +got):\n%s", m.Name, diff)
		}
		env := sortedLines(read(t, filepath.Join(m.Home("root"), "scanslave.env")))
		if !slices.Contains(env, "LANG=C") {
			t.Errorf("SCAN_ENV is not in the environment of %s: %q", m.Name, env)
		}
	}
	wantQuiet(t, workers...)
}

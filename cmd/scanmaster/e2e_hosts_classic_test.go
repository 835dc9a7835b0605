//go:build e2e

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/cmd/internal/ground"
	"scanmaster/runner/job"
)

// scanslaves makes a folder with a scanslave, for the PATH of machines.
func (f *farm) scanslaves(t *testing.T, is string) string {
	t.Helper()
	dir := filepath.Join(f.dir, "programs")
	if err := os.Mkdir(dir, 0o755); err != nil { //nolint:gosec // users of the machines run it
		t.Fatal(err)
	}
	if err := os.Symlink(is, filepath.Join(dir, "scanslave")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// standIn is the path of a stand-in for a part of the classic suite.
func standIn(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "classic", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// wantOnce makes sure that an aggregator of the classic kind has gathered each
// target of a list once, and helpers likewise.
func wantOnce(t *testing.T, input, gathered, folders string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), standIn(t, "once.sh"), input, gathered, folders).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestRealHostsUnderAClassicMaster has our binary called as scanslave by the
// classic commands, minutes after the minute that the chunks are named for, with
// a helper and an aggregator of the classic kind.
func TestRealHostsUnderAClassicMaster(t *testing.T) {
	f := newFarm(t)
	dir := f.scanslaves(t, f.program)
	workers := []*ground.Machine{
		{Name: "scan1", Setup: []string{ground.Programs(dir)}}, {Name: "scan2", Setup: []string{ground.Programs(dir)}},
	}
	f.lan.Add(t, workers...)
	names := f.targets(t, 5)
	// With -I the worker connects to the host field.
	var targets, want []string
	for _, line := range sortedLines(names) {
		name, addr, _ := strings.Cut(line, " ")
		targets, want = append(targets, addr), append(want, addr+",,this is "+name)
	}
	input := f.write(t, "input", strings.Join(targets, "\n")+"\n")
	remote := f.write(t, "remote.sh", "#!/bin/sh\necho this is $(hostname)\n")
	post := f.write(t, "post.sh", "#!/bin/sh\npwd >\"$1/post.dir\"\n"+read(t, standIn(t, "post.chunk.sh")))

	cmd := exec.CommandContext(t.Context(), standIn(t, "master.sh"), f.share, "audit", input, remote, post,
		f.lan.Key.Private, workers[0].Addr, workers[1].Addr)
	cmd.Env = append(slices.Clone(f.env), "MIN="+job.Min(time.Now().Add(-7*time.Minute)), "TARGETKEY="+workers[0].Home("root")+"/.ssh/target",
		"AGGREGATE="+standIn(t, "move-away.sh"))
	var failed strings.Builder
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, failed.String())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, sortedLines(string(out))); diff != "" {
		t.Errorf("what it gathered (-want +got):\n%s", diff)
	}
	history := one(t, filepath.Join(f.prefix("audit"), ".old", "[0-9]*"))
	for _, chunk := range []string{"xaa", "xab"} {
		folder := one(t, filepath.Join(history, "[0-9]*."+chunk))
		if got, want := read(t, filepath.Join(folder, "post.dir")), filepath.Join(f.prefix("audit"), filepath.Base(folder))+"\n"; got != want {
			t.Errorf("the post-chunk hook ran in %q, want %q", got, want)
		}
	}
	wantOnce(t, input, history, history)
	if said := f.expect(t, exitComplete, "status", "audit", "--dir", f.share).stdout; !strings.Contains(said, "started by a classic master · finished, and moved away") {
		t.Errorf("status says\n%s", said)
	}
	wantQuiet(t, workers...)
}

package runner_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// apart are worker hosts that don't see the shared folder.
func (g *ground) apart(n int) string { return g.hosts(n) + "share: none\n" }

// onHosts gives what there is of a run on the hosts.
func (g *ground) onHosts() []string {
	g.t.Helper()
	left, err := filepath.Glob(g.path("home/.cache/scanmaster/run.*.[0-9]"))
	if err != nil {
		g.t.Fatal(err)
	}
	return left
}

func TestWithoutASharedFolderAllIsHereAsWithOne(t *testing.T) {
	g := lay(t)
	g.targets("fine", 5, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("here\nand there\n")})
	g.targets("bad", 1, fleet.Behaviour{Kind: fleet.Canned, Status: 3})
	g.write("post.sh", "#!/bin/sh\npwd >post.out\nmkdir more && echo of a hook >more/file\nln -s file more/link\nrm output/*/xaa/hosts_checked\n")
	s := g.mustApply(g.apart(2) + "hooks: {post_chunk: post.sh}\n")
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 5 || s.Tally.Counts["exit_3"] != 1 || len(s.Workers) != 2 {
		t.Errorf("%+v\n%s", s, g.logs())
	}
	for _, chunk := range []string{"xaa", "xab"} {
		if at := g.read("*." + chunk + "/post.out"); !strings.HasPrefix(at, g.path("home/.cache/scanmaster/run.")) {
			t.Errorf("the hook ran in %q", at)
		}
		if got := g.read("*." + chunk + "/more/file"); got != "of a hook\n" {
			t.Errorf("the hook's file holds %q", got)
		}
	}
	if gone, _ := filepath.Glob(g.prefix("*/output/*/xaa/hosts_checked")); len(gone) > 0 {
		t.Errorf("what the hook has removed is here: %q", gone)
	}
	if got := g.read("final/output"); strings.Count(got, "here\nand there\n") != 5 {
		t.Errorf("the outputs are %q", got)
	}
	if keys, _ := filepath.Glob(g.path("share/.scanmaster/host_keys/s.xa?")); len(keys) != 2 {
		t.Errorf("the host keys are %q", keys)
	}
	if left := g.onHosts(); len(left) > 0 {
		t.Errorf("left on the hosts: %q", left)
	}
	for _, name := range []string{".slave", ".fetch-*"} {
		if left, _ := filepath.Glob(g.prefix("*/" + name)); len(left) > 0 {
			t.Errorf("left here: %q", left)
		}
	}
	if _, err := os.Stat(g.path("share/chunked/s/started")); err != nil {
		t.Error(err)
	}
}

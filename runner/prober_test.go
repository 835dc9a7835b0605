package runner_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/plan"
)

// skipped are the reasons of workers that were left out.
func (g *ground) skipped() []string {
	var reasons []string
	for _, e := range g.events {
		if skipped, ok := e.(runner.WorkerSkipped); ok {
			reasons = append(reasons, skipped.Reason)
		}
	}
	return reasons
}

// atHome has "~" mean the same for workers on this machine as for the master.
func (g *ground) atHome() runner.Config {
	c := g.config()
	c.Environ = append(c.Environ, "HOME="+g.dir)
	return c
}

// wantMends looks for a mend among the reasons of the one worker that is
// probed.
func wantMends(t *testing.T, probed []runner.Probed, err error, mends ...string) {
	t.Helper()
	if err != nil || len(probed) != 1 || len(probed[0].Reasons) != len(mends) {
		t.Fatalf("%+v, %v: want %q", probed, err, mends)
	}
	for i, mend := range mends {
		if !strings.Contains(probed[0].Reasons[i].Text, mend) {
			t.Errorf("%q says nothing of %q", probed[0].Reasons[i], mend)
		}
	}
}

func TestAWorkerHostWithoutTheKeyForTheTargetsIsLeftOut(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	const mend = "key: no such file or directory; put it there, or name another as targets.identity"
	keys := g.hosts(1) + "targets: {identity: ~/key}\n" // which is here, and not there
	mixed := g.plan(strings.Replace(keys, "hosts:\n", "hosts:\n  - local\n", 1))
	s, err := runner.Apply(t.Context(), mixed, g.atHome())
	if reasons := g.skipped(); err != nil || len(s.Workers) != 1 || len(reasons) != 1 || !strings.Contains(reasons[0], mend) {
		t.Errorf("%+v, %v, %q", s, err, reasons)
	}
	before := g.read("started")
	if _, err := runner.Apply(t.Context(), g.plan(keys), g.atHome()); err == nil || !strings.Contains(err.Error(), mend) {
		t.Errorf("%v: want the worker's reason", err)
	}
	if g.read("started") != before || g.read("final/ok") == "" {
		t.Error("the earlier scan was touched")
	}
	probed, err := runner.Probe(t.Context(), g.plan(keys), g.atHome())
	wantMends(t, probed, err, mend)
}

func TestAWorkerIsAskedInTheEnvironmentThatItWillHave(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	for _, keys := range []string{"hosts: [local]\n", g.hosts(1)} {
		probed, err := runner.Probe(t.Context(), g.plan(keys+"SCAN_ENV: {TMPDIR: /nix, SSHOPTS: -i nix -o UserKnownHostsFile=/nix}\n"), g.config())
		wantMends(t, probed, err, "name another as targets.identity", "mend that file", "name another folder as TMPDIR")
		probed, err = runner.Probe(t.Context(), g.plan(keys), g.config())
		wantMends(t, probed, err)
	}
}

func TestABinaryThatRunsNowhereElseIsAReasonBeforeItIsBrought(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	p := g.plan(strings.Replace(g.hosts(1), "deploy: never\n", "", 1))
	for i, step := range p.Steps {
		if s, ok := step.(plan.Launch); ok {
			s.Bin = "/bin/sh" // which is dynamically linked
			p.Steps[i] = s
		}
	}
	probed, err := runner.Probe(t.Context(), p, g.config())
	wantMends(t, probed, err, "build it with CGO_ENABLED=0 go build")
	if _, err := g.apply(t.Context(), p); err == nil || !strings.Contains(err.Error(), "0 of 1 workers can work") {
		t.Errorf("%v: want the workers counted", err)
	}
	if left, _ := filepath.Glob(g.path("home/.cache/*")); len(left) > 0 {
		t.Errorf("something was copied: %v", left)
	}
}

func TestAKeyThatIsNoGoodIsTheReasonOfItsWorkerAlone(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	keys := strings.Replace(g.hosts(1), "known_hosts:", "  - {host: 127.0.0.1, port: 1, identity: nokey}\nknown_hosts:", 1)
	s := g.mustApply(keys)
	if reasons := g.skipped(); len(s.Workers) != 1 || len(reasons) != 1 || !strings.Contains(reasons[0], "name another identity") {
		t.Errorf("%+v, %q", s, reasons)
	}
}

func TestThisMachineIsLookedAtToo(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	p := g.plan("hosts: [local]")
	probed, err := runner.Probe(t.Context(), p, g.config())
	wantMends(t, probed, err)
	f := probed[0].Facts
	if f.OS != runtime.GOOS || f.Arch != runtime.GOARCH || !f.Dir.Exists || !f.Dir.Readable || !f.Dir.Writable || f.Dir.Free <= 0 {
		t.Errorf("got %+v", f)
	}
	if err := os.Rename(g.path("share"), g.path("elsewhere")); err != nil {
		t.Fatal(err)
	}
	probed, err = runner.Probe(t.Context(), p, g.config())
	wantMends(t, probed, err, "share isn't there: make it, or mount it, or name another as dir")
	g.write("share", "")
	probed, err = runner.Probe(t.Context(), p, g.config())
	wantMends(t, probed, err, "share is no folder: name another as dir")
}

func TestAFolderThatIsAnotherIsNotShared(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	p := g.plan(g.hosts(1) + "share: required\n")
	t.Chdir(g.path("share"))
	for i, step := range p.Steps {
		if s, ok := step.(plan.Probe); ok {
			s.Dir = "/proc/self/cwd" // here the share, and there the home
			s.ShareWait = 100 * time.Millisecond
			p.Steps[i] = s
		}
	}
	probed, err := runner.Probe(t.Context(), p, g.config())
	wantMends(t, probed, err, "not the folder that the master sees")
	if d := probed[0].Facts.Dir; !d.Apart || !d.Writable {
		t.Errorf("got %+v", d)
	}
}

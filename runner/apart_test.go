package runner_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// slow are targets that take so long that something can happen meanwhile.
func (g *ground) slow(n int) {
	g.t.Helper()
	g.targets("slow", n, fleet.Behaviour{Kind: fleet.Canned, Delay: 100 * time.Millisecond, Stdout: []byte("here\n")})
}

// wantNoneTwice holds that the script ran once on each target, but on so many in
// all that were in flight.
func (g *ground) wantNoneTwice(but int64) {
	g.t.Helper()
	var twice int64
	for name, n := range g.ran() {
		if n < 1 || n > 2 {
			g.t.Errorf("%s ran %d times", name, n)
		}
		twice += max(0, n-1)
	}
	if twice > but {
		g.t.Errorf("%d ran twice, and %d were in flight at the most", twice, but)
	}
}

func TestWithoutASharedFolderNothingOfAKilledWorkerIsLost(t *testing.T) {
	g := lay(t)
	g.slow(40)
	p := g.plan(g.apart(2) + "jobs: 1\n")
	killed := make(chan error, 1)
	go func() { killed <- killWorker(t.Context(), g, ".xab") }()
	s, err := g.apply(t.Context(), p)
	if err := errors.Join(err, <-killed); err != nil {
		t.Fatalf("%v\n%s", err, g.logs())
	}
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 40 {
		t.Errorf("%+v\n%s", s, g.logs())
	}
	g.wantEachOnce()
	g.wantNoneTwice(1)
	if left := g.onHosts(); len(left) > 0 {
		t.Errorf("left on the hosts: %q", left)
	}
}

func TestWithoutASharedFolderARunIsTakenUp(t *testing.T) {
	for name, leaves := range map[string]bool{"its workers were ended": false, "its workers were left": true} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.slow(40)
			p := g.plan(g.apart(2) + "jobs: 1\n")
			cfg := g.config()
			cfg.LeaveWorkers = leaves
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				for ctx.Err() == nil {
					if done, _ := filepath.Glob(g.prefix("*/output/*/xaa/hosts_ok")); len(done) == 2 {
						cancel()
					}
					time.Sleep(time.Millisecond)
				}
			}()
			if _, err := runner.Apply(ctx, p, cfg); !errors.Is(err, context.Canceled) {
				t.Fatalf("%v: want that it was ended\n%s", err, g.logs())
			}
			s, err := runner.Resume(t.Context(), p, g.config())
			if err != nil {
				t.Fatalf("%v\n%s", err, g.logs())
			}
			if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 40 {
				t.Errorf("%+v\n%s", s, g.logs())
			}
			g.wantEachOnce()
			g.wantNoneTwice(2)
			if left := g.onHosts(); len(left) > 0 {
				t.Errorf("left on the hosts: %q", left)
			}
		})
	}
}

func TestWithoutASharedFolderAStragglerIsRelieved(t *testing.T) {
	g := lay(t)
	g.targets("web", 120, fleet.Behaviour{Kind: fleet.Canned, Delay: 200 * time.Millisecond, Stdout: []byte("here\n")})
	s := g.mustApply(g.slowHost(g.apart(1), 1) + "jobs: 10\npoll: 1s\n")
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 120 || len(g.splits()) == 0 {
		t.Fatalf("%+v\n%+v\n%s", s, g.splits(), g.logs())
	}
	g.wantEachOnce()
	g.wantNoneTwice(0)
}

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
	"scanmaster/runner/result"
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
	t.Parallel()
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
	t.Parallel()
	g := lay(t)
	g.slow(40)
	p := g.plan(g.apart(2) + "jobs: 1\n")
	p.Lease, p.Job.Lease = 4*time.Second, 4*time.Second
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
	journal := g.read(".run-*/journal")
	if at := strings.Index(journal, `"kind":"fetched"`); at < 0 || strings.Count(journal[at:], `"kind":"started"`) != 1 {
		t.Errorf("that all is here must be written down before another one is started: %s", journal)
	}
	if left := g.onHosts(); len(left) > 0 {
		t.Errorf("left on the hosts: %q", left)
	}
}

func TestWithoutASharedFolderARunIsTakenUp(t *testing.T) {
	t.Parallel()
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
					time.Sleep(glance)
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
	t.Parallel()
	g := lay(t)
	g.targets("web", 120, fleet.Behaviour{Kind: fleet.Canned, Delay: 200 * time.Millisecond, Stdout: []byte("here\n")})
	s := g.mustApply(g.slowHost(g.apart(1), 1) + "jobs: 10\npoll: 1s\n")
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 120 || len(g.splits()) == 0 {
		t.Fatalf("%+v\n%+v\n%s", s, g.splits(), g.logs())
	}
	g.wantEachOnce()
	g.wantNoneTwice(0)
}

// TestWithoutASharedFolderAWorkerThatCannotBeAskedStopsByItself cuts a worker
// host off. The worker begins nothing new before another one goes on with its
// chunk, and ends.
func TestWithoutASharedFolderAWorkerThatCannotBeAskedStopsByItself(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.held(40)
	hosts := g.apart(1)
	other := g.other()
	p := g.plan(other.before(hosts) + "jobs: 1\npoll: 1s\n")
	p.Lease, p.Job.Lease = 4*time.Second, 4*time.Second
	s, err := g.beside(p, func(ctx context.Context) error {
		defer g.write("go", "")
		g.awaitFile(ctx, g.prefix("*.xaa/output/*/xaa/hosts_ok"), "")
		pid, err := findProcess(".xaa", g.dir)
		if err != nil {
			return err
		}
		other.cut()
		g.awaitFile(ctx, g.path("home")+"/.cache/scanmaster/run.*/chunked/s/.run-*/log.xaa", "nothing new is begun until it does")
		g.write("go", "")
		g.awaitEnd(ctx, pid)
		return nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, g.told())
	}
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 40 {
		t.Errorf("%+v\n%s", s, g.told())
	}
	g.wantEachOnce()
	if kinds := g.kinds(); !strings.Contains(kinds, "worker_lost") {
		t.Errorf("nobody was lost: %s", kinds)
	}
	roots := g.onHosts()
	if len(roots) != 1 {
		t.Fatalf("on the hosts there is %q", roots)
	}
	last, _ := span(t, roots[0]+"/chunked/s/*.xaa/.record")
	_, resumed := span(t, g.prefix("[0-9]*.xaa/.record"))
	if !last.Before(resumed) {
		t.Errorf("it began a target at %v, and another one had gone on at %v", last, resumed)
	}
}

// span tells when the last target of a record was begun, and when the record was
// gone on with first; the zero time where it wasn't.
func span(t *testing.T, pattern string) (last, resumed time.Time) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) != 1 {
		t.Fatalf("%s: %q (%v)", pattern, files, err)
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for e, err := range result.Read(f) {
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case e.Kind == result.KindOutcome && e.Outcome.Start.After(last):
			last = e.Outcome.Start
		case e.Kind == result.KindResumed && resumed.IsZero():
			resumed = e.Resumed.At
		}
	}
	return last, resumed
}

// TestWithoutASharedFolderNothingRunsTwiceThatMustNot cuts a worker host off whose
// scripts must run once at the most: nobody goes on with its chunk before what it
// has done can be fetched.
func TestWithoutASharedFolderNothingRunsTwiceThatMustNot(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.held(6)
	hosts := g.apart(1)
	other := g.other()
	p := g.plan(other.before(hosts) + "jobs: 1\npoll: 1s\non_unknown: report\n")
	p.Lease, p.Job.Lease = 4*time.Second, 4*time.Second
	s, err := g.beside(p, func(ctx context.Context) error {
		defer g.write("go", "")
		g.awaitFile(ctx, g.prefix("*.xaa/output/*/xaa/hosts_ok"), "")
		other.cut()
		g.awaitLost(ctx, "xaa")
		return nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, g.logs())
	}
	if s.Verdict != runner.Incomplete || s.Missing == 0 || s.Tally.Total()+s.Missing != 6 {
		t.Errorf("%+v\n%s", s, g.logs())
	}
	other.heal()
	again, err := runner.Resume(t.Context(), p, g.config())
	if err != nil {
		t.Fatalf("%v\n%s", err, g.logs())
	}
	if again.Verdict != runner.Complete || again.Tally.Total() != 6 || again.Tally.Counts["unknown"] > 1 {
		t.Errorf("%+v\n%s", again, g.logs())
	}
	g.wantNoneTwice(0)
}

package runner_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// begun waits until two workers are at chunks.
func (g *ground) begun(ctx context.Context, chunks string) {
	for ctx.Err() == nil {
		if begun, _ := filepath.Glob(g.prefix("*." + chunks + "/.slave")); len(begun) == 2 {
			return
		}
		time.Sleep(glance)
	}
}

// TestTheNextMasterKeepsTheOrder has a master be ended while the canary's
// workers work, and with them or without.
func TestTheNextMasterKeepsTheOrder(t *testing.T) {
	for name, leave := range map[string]bool{"its workers go on": true, "with its workers": false} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			open := g.gate()
			g.targets("web", 8, fleet.Behaviour{})
			p := g.plan("canary: 4\npoll: 1s\n")
			cfg := g.config()
			cfg.LeaveWorkers = leave
			ctx, cancel := context.WithCancel(t.Context())
			go func() { g.begun(ctx, "xa[ab]"); cancel() }()
			if _, err := runner.Apply(ctx, p, cfg); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			open()
			s, kinds, err := g.resume(p, false)
			if err != nil || s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 8 || len(s.Workers) != 4 {
				t.Fatalf("%+v, %v", s, err)
			}
			before, _, _ := strings.Cut(kinds, "canary_passed")
			if done := strings.Count(before, "worker_done"); done != 2 || strings.Count(before, "worker_started") > 2 {
				t.Errorf("events: %s", kinds)
			}
		})
	}
}

// TestACanaryThatIsDoneLetsTheNextMasterGoOn has a master be ended over the rest.
func TestACanaryThatIsDoneLetsTheNextMasterGoOn(t *testing.T) {
	t.Parallel()
	g := lay(t)
	open := g.gate()
	g.targets("first", 2, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("here\n")})
	g.targets("held", 4, fleet.Behaviour{})
	p := g.plan("canary: 2\npoll: 1s\n")
	ctx, cancel := context.WithCancel(t.Context())
	go func() { g.begun(ctx, "xa[cd]"); cancel() }()
	if _, err := g.apply(ctx, p); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	open()
	s, kinds, err := g.resume(p, false)
	if err != nil || s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 6 {
		t.Fatalf("%+v, %v", s, err)
	}
	if strings.Index(kinds, "canary_passed") > strings.Index(kinds, "worker_started") {
		t.Errorf("events: %s", kinds)
	}
}

func TestALostWorkersCanaryIsDoneByAnother(t *testing.T) {
	g := lay(t)
	open := g.gate()
	g.targets("web", 8, fleet.Behaviour{})
	killed := make(chan error, 1)
	go func() {
		killed <- killWorker(t.Context(), g, ".xaa")
		open()
	}()
	s := g.mustApply("canary: 4\npoll: 1s\n")
	if err := <-killed; err != nil || s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 8 {
		t.Errorf("%+v, %v", s, err)
	}
	if before, _, found := strings.Cut(g.kinds(), "canary_passed"); !found || strings.Count(before, "worker_started") != 3 {
		t.Errorf("events: %s", g.kinds())
	}
}

func TestACanaryThatNobodyFinishesIsNotFine(t *testing.T) {
	g := lay(t)
	open := g.gate()
	g.targets("web", 8, fleet.Behaviour{})
	killed := make(chan error, 1)
	go func() {
		killed <- killWorker(t.Context(), g, ".xab")
		open()
	}()
	_, err := g.apply(t.Context(), g.plan("canary: 4\npoll: 1s\non_worker_lost: fail\n"))
	e := g.wantGuard(err, "canary", "missing", runner.Incomplete)
	if err := <-killed; err != nil || e.Failed != 2 || e.Of != 4 {
		t.Errorf("%+v, %v", e, err)
	}
	if others, _ := filepath.Glob(g.prefix("*.xac")); len(others) > 0 {
		t.Errorf("there is %v", others)
	}
}

// TestACanaryIsDoneByWhoCan has the one worker fail that would get it first.
func TestACanaryIsDoneByWhoCan(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("web", 5, fleet.Behaviour{Kind: fleet.Canned})
	hosts := g.hosts(1)
	s := g.mustApply(g.other("TEST_WORKER_FAILS=1").before(hosts) + "canary: 1\npoll: 1s\n")
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 5 {
		t.Errorf("%+v", s)
	}
	if before, _, found := strings.Cut(g.kinds(), "canary_passed"); !found || strings.Count(before, "worker_done") != 1 {
		t.Errorf("events: %s", g.kinds())
	}
}

func TestWithoutASharedFolderACanaryComesFirst(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("first", 3, fleet.Behaviour{Kind: fleet.Canned, Status: 3})
	g.targets("other", 5, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("here\n")})
	p := g.plan(g.apart(2) + "canary: 3\npoll: 1s\n")
	_, err := g.apply(t.Context(), p)
	g.wantGuard(err, "canary", "exit_3", runner.Failed)
	_, _, err = g.resume(p, false)
	g.wantGuard(err, "canary", "exit_3", runner.Failed)
	s, _, err := g.resume(p, true)
	if err != nil || s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 5 || s.Tally.Total() != 8 {
		t.Errorf("%+v, %v\n%s", s, err, g.logs())
	}
}

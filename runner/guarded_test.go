package runner_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/plan"
)

// gate has the targets that run something wait until open is called.
func (g *ground) gate() (open func()) {
	g.write("remote.sh", "until test -e "+g.path("go")+"; do sleep 0.05; done\n")
	return func() { g.write("go", "") }
}

// wantGuard wants a run to have been stopped by a guard, and nobody at work.
func (g *ground) wantGuard(err error, guard, reason string, verdict runner.Verdict) runner.GuardError {
	g.t.Helper()
	e := new(runner.GuardError)
	if !errors.As(err, &e) {
		g.t.Fatalf("%v: want a *GuardError\n%s", err, g.logs())
	}
	if e.Guard != guard || e.Reason != reason || e.Verdict != verdict {
		g.t.Errorf("%+v, want %s for %s, %s", e, guard, reason, verdict)
	}
	for _, suffix := range []string{".xaa", ".xab", ".xac", ".xad"} {
		if killProcess(suffix, g.dir) == nil {
			g.t.Errorf("the worker of %s was still there", suffix)
		}
	}
	return *e
}

// resume takes a run up, and gives the kinds of the events of that.
func (g *ground) resume(p plan.Plan, force bool) (runner.Summary, string, error) {
	g.mu.Lock()
	g.events = nil
	g.mu.Unlock()
	cfg := g.config()
	cfg.Force = force
	s, err := runner.Resume(g.t.Context(), p, cfg)
	return s, g.kinds(), err
}

func TestAScanThatFailsEverywhereIsStoppedAndGoesOnByForce(t *testing.T) {
	t.Parallel()
	g := lay(t)
	open := g.gate()
	for i := range 2 { // a chunk each
		g.targets(fmt.Sprintf("bad%d-", i), 60, fleet.Behaviour{Kind: fleet.Canned, Status: 3})
		g.targets(fmt.Sprintf("held%d-", i), 35, fleet.Behaviour{})
	}
	p := g.plan("jobs: 5\npoll: 1s\nmax_fail: 20%\n")
	_, err := g.apply(t.Context(), p)
	e := g.wantGuard(err, "max_fail", "exit_3", runner.Failed)
	if e.Of < 50 || e.Failed*5 <= e.Of || e.Left != 190-e.Of {
		t.Errorf("%+v", e)
	}
	if s := mustRead(t, p.Layout); s.Phase != runner.PhaseDead || !s.Resumable || s.Guarded != e.Error() {
		t.Errorf("%+v", s)
	}
	_, kinds, err := g.resume(p, false)
	g.wantGuard(err, "max_fail", "exit_3", runner.Failed)
	if strings.Contains(kinds, "worker_started") {
		t.Errorf("something was started again: %s", kinds)
	}
	open()
	s, _, err := g.resume(p, true)
	if err != nil || s.Verdict != runner.Complete || s.Tally.Counts["exit_3"] != 120 || s.Tally.Counts["ok"] != 70 {
		t.Errorf("%+v, %v", s, err)
	}
	if s := mustRead(t, p.Layout); s.Guarded != "" || s.Verdict != runner.Complete {
		t.Errorf("%+v", s)
	}
}

// TestTargetsThatFailForSeveralReasonsStopNothing: they are of one class, as the
// workers publish it.
func TestTargetsThatFailForSeveralReasonsStopNothing(t *testing.T) {
	g := lay(t)
	for i := range 150 {
		g.targets(fmt.Sprintf("denied%d-", i), 1, fleet.Behaviour{Kind: fleet.RefusesKeys})
		g.targets(fmt.Sprintf("cut%d-", i), 1, fleet.Behaviour{Kind: fleet.CutsLine})
	}
	s := g.mustApply("jobs: 2\nmax_fail: 75%\nhosts: [local]\nfail_on: {unreachable: 100%}\n")
	if s.Verdict != runner.Complete || s.Tally.Counts["nossh"] != 300 {
		t.Errorf("%+v", s)
	}
}

func TestAFineCanaryComesFirst(t *testing.T) {
	g := lay(t)
	g.targets("web", 11, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("here\n")})
	s := g.mustApply("canary: 5\nmax_fail: 20%\n")
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 11 {
		t.Errorf("%+v", s)
	}
	var sizes []int64
	for _, w := range s.Workers {
		sizes = append(sizes, w.Lines)
	}
	if got := fmt.Sprint(sizes); got != "[3 2 3 3]" {
		t.Errorf("chunks of %s", got)
	}
	g.wantCanaryFirst(2)
	g.wantEachOnce()
	for name, n := range g.ran() {
		if n != 1 {
			t.Errorf("%s ran %d times", name, n)
		}
	}
}

// wantCanaryFirst wants so many workers to have been started, and their chunks
// done, before the canary passed, and the others after.
func (g *ground) wantCanaryFirst(chunks int) {
	g.t.Helper()
	before, after, found := strings.Cut(g.kinds(), "canary_passed")
	if !found || strings.Count(before, "worker_started") != chunks || strings.Count(before, "worker_done") != chunks ||
		strings.Count(after, "worker_started") == 0 {
		g.t.Errorf("events: %s", g.kinds())
	}
}

func TestNothingFollowsACanaryThatIsNotFine(t *testing.T) {
	t.Parallel()
	bad := fleet.Behaviour{Kind: fleet.Canned, Status: 3}
	for name, c := range map[string]struct {
		keys    string
		first   fleet.Behaviour
		reason  string
		verdict runner.Verdict
	}{
		"scripts fail":    {"canary: 4\n", bad, "exit_3", runner.Failed},
		"a share of all":  {"canary: 16%\n", bad, "exit_3", runner.Failed},
		"keys are denied": {"canary: 4\n", fleet.Behaviour{Kind: fleet.RefusesKeys}, "nossh: auth", runner.Unreachable},
		"fail_on bears none": {
			"canary: 20\nfail_on: {exit_3: 0}\n", bad, "fail_on.exit_3", runner.Failed,
		},
		"the post-chunk hook fails": {
			"canary: 4\nmax_fail: 100%\nhooks: {post_chunk: post.sh}\n", bad, "hooks.post_chunk", runner.HookError,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.write("post.sh", "#!/bin/sh\nexit 9\n")
			g.targets("first", 4, c.first)
			g.targets("other", 21, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("here\n")})
			p := g.plan(c.keys)
			_, err := g.apply(t.Context(), p)
			e := g.wantGuard(err, "canary", c.reason, c.verdict)
			var ran int64
			for _, n := range g.ran() {
				ran += n
			}
			if ran > e.Of || e.Of+e.Left != 25 {
				t.Errorf("%d scripts ran: %+v", ran, e)
			}
			_, kinds, err := g.resume(p, false)
			g.wantGuard(err, "canary", c.reason, c.verdict)
			if strings.Contains(kinds, "worker_started") {
				t.Errorf("something was started: %s", kinds)
			}
			s, _, err := g.resume(p, true)
			if err != nil || s.Tally.Counts["ok"] != 21 || s.Tally.Total() != 25 {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

func TestACanaryThatIsNoSmallerThanTheInputIsTheScan(t *testing.T) {
	g := lay(t)
	g.targets("bad", 4, fleet.Behaviour{Kind: fleet.Canned, Status: 3})
	s := g.mustApply("canary: 4\n")
	if s.Verdict != runner.Complete || len(s.Workers) != 2 || strings.Contains(g.kinds(), "canary") {
		t.Errorf("%+v: %s", s, g.kinds())
	}
}

package runner_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/hook"
)

func TestAScanThatTakesTooLongIsStopped(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("stuck", 3, fleet.Behaviour{Kind: fleet.NeverEnds})
	_, err := g.apply(t.Context(), g.plan("timeouts: {run: 1h, scan: 2s}"))
	if late := new(runner.TimeoutError); !errors.As(err, &late) || !strings.Contains(err.Error(), "timeouts.scan") {
		t.Errorf("%v: want a *TimeoutError", err)
	}
	for _, suffix := range []string{".xaa", ".xab"} {
		if killProcess(suffix, g.dir) == nil {
			t.Errorf("the worker of %s was still there", suffix)
		}
	}
	if done, _ := filepath.Glob(g.prefix("*/.done")); len(done) > 0 {
		t.Errorf("there is %v", done)
	}
}

func TestTheScansTimeCountsForItsHooksToo(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	g.write("agg.sh", "#!/bin/sh\nsleep 100000 & wait\n")
	_, err := g.apply(t.Context(), g.plan("hooks: {aggregate: agg.sh}\ntimeouts: {scan: 3s}"))
	if late := new(runner.TimeoutError); !errors.As(err, &late) {
		t.Errorf("%v: want a *TimeoutError", err)
	}
}

func TestAHookThatTakesTooLongHasFailed(t *testing.T) {
	const never = "#!/bin/sh\nsleep 100000 & wait\n"
	t.Run("pre", func(t *testing.T) {
		g := lay(t)
		g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
		g.write("hook.sh", never)
		_, err := g.apply(t.Context(), g.plan("hooks: {pre: hook.sh}\ntimeouts: {hook: 200ms}"))
		var failed *hook.Error
		if late := new(hook.TimeoutError); !errors.As(err, &failed) || !errors.As(err, &late) {
			t.Errorf("%v: want a *hook.Error for a *hook.TimeoutError", err)
		}
		if _, err := os.Stat(g.prefix("started")); err == nil {
			t.Error("the scan was started")
		}
	})
	for _, name := range []string{"post_chunk", "aggregate"} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
			g.write("hook.sh", never)
			s := g.mustApply("hooks: {" + name + ": hook.sh}\nhosts: [local]\ntimeouts: {hook: 200ms}")
			if s.Verdict != runner.HookError || len(s.FailedHooks) != 1 || s.Tally.Total() != 1 {
				t.Fatalf("%+v", s)
			}
			if f := s.FailedHooks[0]; f.Hook != name || !strings.Contains(f.Reason, "timeouts.hook") {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestTargetsAreTriedAgainAsTheScanFileSays(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("flaky", 3, fleet.Behaviour{Kind: fleet.Canned, First: []fleet.Kind{fleet.ClosesAtOnce, fleet.Rubbish}})
	g.targets("gone", 1, fleet.Behaviour{Kind: fleet.Closed})
	s := g.mustApply("retry: {nosshd: 2, refused: 1}")
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 3 || s.Tally.Counts["nosshd"] != 1 {
		t.Errorf("%+v", s)
	}
	var tries int
	records, _ := filepath.Glob(g.prefix("*/.record"))
	for _, file := range records {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tries += strings.Count(string(data), `"tries":3`)
	}
	if tries != 3 {
		t.Errorf("%d targets took three tries", tries)
	}
}

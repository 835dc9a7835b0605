package runner

import (
	"strings"
	"testing"

	"scanmaster/runner/result"
	"scanmaster/spec"
)

// sampled is a sample of so many targets, by what came of them: "nossh: auth".
func sampled(of int64, came map[string]int64) sample {
	s := sample{of: of}
	for why, n := range came {
		class, reason, _ := strings.Cut(why, ": ")
		o := result.Outcome{Class: result.Class(class), Reason: result.Reason(reason)}
		if class == "exit_3" {
			o.Class, o.Status = result.Exit, 3
		}
		for range n {
			s.add(o)
		}
	}
	return s
}

func percent(share float64) spec.Percent { return spec.Percent{Share: share, Given: true} }

func TestAScanIsStoppedWhereASampleFailsForOneReason(t *testing.T) {
	for name, c := range map[string]struct {
		of     int64
		came   map[string]int64
		limit  spec.Percent
		reason string // empty where it goes on
	}{
		"no limit is said":                 {100, map[string]int64{"exit_3": 100}, spec.Percent{}, ""},
		"all is well":                      {100, map[string]int64{"ok": 100}, percent(0), ""},
		"as many as may":                   {100, map[string]int64{"ok": 80, "exit_3": 20}, percent(20), ""},
		"one more":                         {100, map[string]int64{"ok": 79, "exit_3": 21}, percent(20), "exit_3"},
		"for two reasons":                  {100, map[string]int64{"ok": 70, "nossh: auth": 15, "nossh: timeout": 15}, percent(20), ""},
		"the one that most fail for":       {100, map[string]int64{"ok": 70, "nossh: auth": 25, "exit_3": 5}, percent(20), "nossh: auth"},
		"too small a sample":               {49, map[string]int64{"exit_3": 49}, percent(20), ""},
		"large enough":                     {50, map[string]int64{"exit_3": 11}, percent(20), "exit_3"},
		"the quick ones, of many in hand":  {3500, map[string]int64{"nosshd: refused": 60}, percent(20), ""},
		"a few tell nothing":               {50, map[string]int64{"exit_3": 4}, percent(1), ""},
		"a few more do":                    {50, map[string]int64{"exit_3": 5}, percent(0), "exit_3"},
		"none is left to begin":            {1000, map[string]int64{"exit_3": 1000}, percent(20), ""},
		"unknown is a failure, too":        {100, map[string]int64{"unknown": 100}, percent(20), "unknown"},
		"as many failures as there may be": {100, map[string]int64{"exit_3": 100}, percent(100), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := judgeBegun(sampled(c.of, c.came), 1000, c.limit)
			switch {
			case got == nil && c.reason == "":
			case got == nil || got.Reason != c.reason || got.Left != 1000-c.of || got.Failed != c.came[c.reason]:
				t.Errorf("%+v, want %q", got, c.reason)
			}
		})
	}
}

func TestACanaryIsJudgedByItsOwnTargets(t *testing.T) {
	count := func(n int64) spec.Limit { return spec.Limit{Count: n} }
	for name, c := range map[string]struct {
		came    map[string]int64
		limit   spec.Percent
		limits  spec.FailOn
		reason  string
		verdict Verdict
	}{
		"all is well":          {map[string]int64{"ok": 10}, spec.Percent{}, nil, "", ""},
		"a fifth may fail":     {map[string]int64{"ok": 8, "exit_3": 2}, spec.Percent{}, nil, "", ""},
		"and not more":         {map[string]int64{"ok": 7, "exit_3": 3}, spec.Percent{}, nil, "exit_3", Failed},
		"unless max_fail does": {map[string]int64{"ok": 7, "exit_3": 3}, percent(30), nil, "", ""},
		"or doesn't":           {map[string]int64{"ok": 9, "nossh: auth": 1}, percent(5), nil, "nossh: auth", Unreachable},
		"one is missing":       {map[string]int64{"ok": 9}, spec.Percent{}, nil, "missing", Incomplete},
		"fail_on bears none":   {map[string]int64{"ok": 9, "exit_3": 1}, spec.Percent{}, spec.FailOn{"failed": count(0)}, "fail_on.failed", Failed},
		"of a status":          {map[string]int64{"ok": 9, "exit_3": 1}, spec.Percent{}, spec.FailOn{"exit_3": count(0), "failed": count(5)}, "fail_on.exit_3", Failed},
		"another status may":   {map[string]int64{"ok": 9, "exit_3": 1}, spec.Percent{}, spec.FailOn{"exit_2": count(0)}, "", ""},
		"none of the unreachable": {map[string]int64{"ok": 8, "nossh: auth": 1, "noping: no-echo": 1}, spec.Percent{},
			spec.FailOn{"unreachable": {Share: 10, Percent: true}}, "fail_on.unreachable", Unreachable},
		"not a single one was reached": {map[string]int64{"nossh: auth": 5, "noping: no-echo": 5}, percent(50), nil, "fail_on.unreachable", Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			got := judgeCanary(sampled(10, c.came), 1000, c.limit, c.limits)
			switch {
			case got == nil && c.reason == "":
			case got == nil || got.Reason != c.reason || got.Verdict != c.verdict || got.Of != 10 || got.Left != 990:
				t.Errorf("%+v, want %q, %s", got, c.reason, c.verdict)
			}
		})
	}
	s := sampled(10, map[string]int64{"ok": 10})
	if s.hooks = 5; judgeCanary(s, 1000, percent(100), nil).Verdict != HookError {
		t.Error("a post-chunk hook that failed is fine")
	}
}

func TestAGuardSaysWhyAndHowMany(t *testing.T) {
	canary := func(came map[string]int64, limits spec.FailOn) *GuardError {
		return judgeCanary(sampled(10, came), 30150, percent(50), limits)
	}
	for want, e := range map[string]*GuardError{
		"max_fail: 30 of the 100 targets that were begun ended as nossh: auth, more than 20%; 900 were yet to come": judgeBegun(
			sampled(100, map[string]int64{"nossh: auth": 30}), 1000, percent(20)),
		"canary: 7 of the 10 targets that were begun ended as exit_3, more than 50%; nothing was run on the other 30,140": canary(
			map[string]int64{"exit_3": 7, "ok": 3}, nil),
		"canary: 3 of the 10 targets that were begun have no outcome; nothing was run on the other 30,140": canary(
			map[string]int64{"ok": 7}, nil),
		"canary: 1 of the 10 targets that were begun count as failed, and fail_on bears 0; nothing was run on the other 30,140": canary(
			map[string]int64{"ok": 9, "exit_3": 1}, spec.FailOn{"failed": {}}),
		"canary: none of the 10 targets that were begun could be reached; nothing was run on the other 30,140": canary(
			map[string]int64{"nossh: auth": 5, "nosshd: refused": 5}, nil),
		"canary: the post-chunk hook failed, over 5 of the 10 targets that were begun; nothing was run on the other 30,140": {
			Guard: guardCanary, Reason: hookFailed, Failed: 5, Of: 10, Left: 30140},
	} {
		if e == nil || e.Error() != want {
			t.Errorf("%v, want %s", e, want)
		}
	}
}

package plan_test

import (
	"slices"
	"testing"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

func TestAPlanOfSomebodyWhoIsNotTrustedGivesHooksLittle(t *testing.T) {
	s := static()
	s.Deploy, s.HookEnv = spec.DeployNever, nil
	p, _ := plan.Compile(s, facts())
	bounded := p.WithHookEnv([]string{"PATH"})
	if !slices.Equal(bounded.Job.HookEnv, []string{"PATH"}) || p.Job.HookEnv != nil {
		t.Errorf("hooks get %q of what was %q", bounded.Job.HookEnv, p.Job.HookEnv)
	}
	if !slices.Contains(find[plan.Probe](bounded).Classic.Refused, "hook_env") || slices.Contains(find[plan.Probe](p).Classic.Refused, "hook_env") {
		t.Error("a classic scanslave, which gives its hook all, isn't refused for that alone")
	}
	s.HookEnv = []string{"HOME"}
	said, _ := plan.Compile(s, facts())
	if got := said.WithHookEnv([]string{"PATH"}).Job.HookEnv; !slices.Equal(got, s.HookEnv) {
		t.Errorf("hooks get %q, and not what the scan file says", got)
	}
	if !slices.Contains(find[plan.Probe](said).Classic.Refused, "hook_env") {
		t.Error("a classic scanslave isn't refused for hook_env")
	}
	s.Hooks.PostChunk = ""
	if alone, _ := plan.Compile(s, facts()); slices.Contains(find[plan.Probe](alone).Classic.Refused, "hook_env") {
		t.Error("a classic scanslave is refused though it has no hook to run")
	}
}

package plan_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

func TestAPlanOfSomebodyWhoIsNotTrustedGivesHooksLittle(t *testing.T) {
	for _, c := range []struct {
		said, besides, only, want, warned string
	}{
		{want: strings.Join(plan.ConfinedHookEnv, " ")},
		{said: "PATH HOME", want: "PATH HOME"},
		{said: "PATH TOKEN AWS_*", want: "PATH", warned: "hooks don't get TOKEN; hooks don't get AWS_*"},
		{said: "TOKEN", want: "", warned: "hooks don't get TOKEN"},
		{said: "PATH CI_TOKEN AWS_*", besides: "CI_* AWS_REGION", want: "PATH CI_TOKEN AWS_REGION", warned: "hooks get only AWS_REGION of AWS_*"},
		{said: "LC_ALL L*", want: "LC_ALL LOGNAME LANG LC_*", warned: "hooks get only LOGNAME, LANG, LC_* of L*"},
		{besides: "CI_*", want: strings.Join(plan.ConfinedHookEnv, " ")},
		{only: "PATH CI_* LC_ALL", want: "PATH LC_ALL"},
		{said: "PATH CI_A AWS_B", besides: "CI_* AWS_*", only: "CI_*", want: "CI_A", warned: "hooks don't get PATH; hooks don't get AWS_B"},
	} {
		s, f := static(), facts()
		s.HookEnv = words(c.said)
		f.Confined = &plan.Confinement{Besides: words(c.besides), Only: words(c.only)}
		p, problems := plan.Compile(s, f)
		if got := p.Job.HookEnv; got == nil || strings.Join(got, " ") != c.want || !p.Confined {
			t.Errorf("of %q hooks get %q, want %q", c.said, got, c.want)
		}
		var warned []string
		for _, problem := range problems {
			if strings.HasPrefix(problem.Summary, "hooks ") {
				warned = append(warned, problem.Summary)
			}
		}
		if got := strings.Join(warned, "; "); got != c.warned {
			t.Errorf("of %q is told %q, want %q", c.said, got, c.warned)
		}
	}
}

// words are those of a text; nil where there are none.
func words(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Fields(text)
}

// TestNothingIsNotAll has hooks get nothing on the other side of a file, too.
func TestNothingIsNotAll(t *testing.T) {
	s, f := static(), facts()
	s.HookEnv, f.Confined = []string{"TOKEN"}, &plan.Confinement{}
	p, _ := plan.Compile(s, f)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var read plan.Plan
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if got := read.Job.HookEnviron([]string{"TOKEN=x", "PATH=/bin"}); read.Job.HookEnv == nil || len(got) > 0 {
		t.Errorf("hooks get %q", got)
	}
}

func TestAClassicWorkerIsRefusedWhereItsHookWouldGetAll(t *testing.T) {
	for _, c := range []struct {
		said     []string
		confined *plan.Confinement
		refused  bool
	}{{nil, nil, false}, {nil, &plan.Confinement{}, true}, {[]string{"HOME"}, nil, true}, {[]string{"TOKEN"}, &plan.Confinement{}, true}} {
		s, f := static(), facts()
		s.Deploy, s.HookEnv, f.Confined = spec.DeployNever, c.said, c.confined
		p, _ := plan.Compile(s, f)
		if got := slices.Contains(find[plan.Probe](p).Classic.Refused, "hook_env"); got != c.refused {
			t.Errorf("%q, %v: refused is %v", c.said, c.confined, got)
		}
		s.Hooks.PostChunk = ""
		if alone, _ := plan.Compile(s, f); slices.Contains(find[plan.Probe](alone).Classic.Refused, "hook_env") {
			t.Errorf("%q, %v: refused though it has no hook to run", c.said, c.confined)
		}
	}
}

package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/plan"
)

func TestALimitIsACountOrHosts(t *testing.T) {
	for text, want := range map[string]plan.Limit{
		"":                  {},
		"20":                {First: 20},
		"web1":              {Hosts: []string{"web1"}},
		"web1,db*, web1":    {Hosts: []string{"web1", "db*"}},
		"db* 20 10.0.0.1":   {First: 20, Hosts: []string{"db*", "10.0.0.1"}},
		"[2001:db8::7]:22":  {Hosts: []string{"[2001:db8::7]:22"}},
		"99999999999999999": {First: 99999999999999999},
	} {
		words := strings.Split(text, " ")
		if text == "" {
			words = nil
		} else if strings.Contains(text, ", ") {
			words = []string{text}
		}
		got, err := plan.ParseLimit(words)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
	}
	for _, text := range []string{"0", "-1", "20,30", "", "web1,", "web1 web2"} {
		if l, err := plan.ParseLimit([]string{text}); err == nil {
			t.Errorf("%q is %v", text, l)
		}
	}
}

func TestALimitIsInThePlan(t *testing.T) {
	f := facts()
	f.Limit, f.All, f.Targets = plan.Limit{First: 2, Hosts: []string{"web*"}}, 30_140, 2
	p := compile(t, static(), f)
	if s := find[plan.Split](p); s.All != 30_140 || s.Targets != 2 || s.Limit.String() != "--limit 2,web*" || s.Chunks != 2 {
		t.Errorf("%+v", s)
	}
	if p.Summary.All != 30_140 || p.Summary.Limit.First != 2 {
		t.Errorf("%+v", p.Summary)
	}
	// The aggregator is told of what is scanned.
	staged := find[plan.Stage](p).Files
	if last := staged[len(staged)-1]; find[plan.Aggregate](p).Args[1] != last.To || last.File.Path != "" {
		t.Errorf("staged last is %+v", last)
	}
	f.Unmatched = []string{"web9"}
	if _, problems := plan.Compile(static(), f); !strings.HasPrefix(problems.Error(), "--limit web9: no target of the input has this host or address (") {
		t.Error(problems)
	}
	if _, problems := plan.Compile(base(), f); problems.HasErrors() {
		t.Errorf("the pre hook may make one: %v", problems)
	}
	f.Limit = plan.Limit{}
	if s := find[plan.Split](compile(t, base(), f)); s.All != 0 {
		t.Errorf("without a limit there is no rest: %+v", s)
	}
}

package runner

import (
	"slices"
	"testing"

	"scanmaster/runner/result"
	"scanmaster/spec"
)

func TestVerdict(t *testing.T) {
	counts := func(ok, exit2, nossh int64) result.Tally {
		return result.Tally{Counts: map[string]int64{"ok": ok, "exit_2": exit2, "nossh": nossh}}
	}
	percent := func(share float64) spec.Limit { return spec.Limit{Share: share, Percent: true} }
	count := func(n int64) spec.Limit { return spec.Limit{Count: n} }
	for name, c := range map[string]struct {
		summary Summary
		limits  spec.FailOn
		want    Verdict
	}{
		"all fine":                            {Summary{Targets: 100, Tally: counts(100, 0, 0)}, nil, Complete},
		"failures are results":                {Summary{Targets: 100, Tally: counts(10, 50, 40)}, nil, Complete},
		"not a single one reached":            {Summary{Targets: 100, Tally: counts(0, 0, 100)}, nil, Unreachable},
		"unreachable at the limit":            {Summary{Targets: 100, Tally: counts(90, 0, 10)}, spec.FailOn{"unreachable": percent(10)}, Complete},
		"unreachable over the limit":          {Summary{Targets: 100, Tally: counts(89, 0, 11)}, spec.FailOn{"unreachable": percent(10)}, Unreachable},
		"none reached, but that is borne":     {Summary{Targets: 100, Tally: counts(0, 0, 100)}, spec.FailOn{"unreachable": percent(100)}, Complete},
		"failed at the limit":                 {Summary{Targets: 100, Tally: counts(95, 5, 0)}, spec.FailOn{"failed": count(5)}, Complete},
		"failed over the limit":               {Summary{Targets: 100, Tally: counts(94, 6, 0)}, spec.FailOn{"failed": count(5)}, Failed},
		"a status that may not occur":         {Summary{Targets: 100, Tally: counts(99, 1, 0)}, spec.FailOn{"exit_2": count(0)}, Failed},
		"another status may":                  {Summary{Targets: 100, Tally: counts(99, 1, 0)}, spec.FailOn{"exit_3": count(0)}, Complete},
		"unreachable comes before failed":     {Summary{Targets: 10, Tally: counts(0, 5, 5)}, spec.FailOn{"failed": count(0), "unreachable": count(0)}, Unreachable},
		"incomplete comes before those":       {Summary{Targets: 11, Missing: 1, Tally: counts(0, 5, 5)}, spec.FailOn{"unreachable": count(0)}, Incomplete},
		"a failed hook comes before all":      {Summary{Targets: 11, Missing: 1, FailedHooks: []HookFailed{{}}}, nil, HookError},
		"missing with all others unreachable": {Summary{Targets: 10, Missing: 5, Tally: counts(0, 0, 5)}, nil, Incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			if got := judge(c.summary, c.limits); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestAllLimitsThatAreBrokenAreNamed(t *testing.T) {
	s := Summary{Targets: 100, Tally: result.Tally{Counts: map[string]int64{"ok": 60, "exit_2": 10, "exit_3": 9, "unknown": 1, "nosshd": 20}}}
	none := spec.Limit{}
	for _, c := range []struct {
		limits spec.FailOn
		want   []string
	}{
		{nil, nil},
		{spec.FailOn{"exit_2": none, "exit_3": {Count: 9}, "failed": none, "unknown": none, "unreachable": none}, []string{"unreachable", "exit_2", "failed", "unknown"}},
		{spec.FailOn{"failed": {Count: 19}, "unreachable": {Share: 20, Percent: true}}, nil},
	} {
		if got := s.Broken(c.limits); !slices.Equal(got, c.want) {
			t.Errorf("%v: %q, want %q", c.limits, got, c.want)
		}
	}
	nobody := Summary{Targets: 2, Tally: result.Tally{Counts: map[string]int64{"nossh": 1, "noping": 1}}}
	if got := nobody.Broken(nil); !slices.Equal(got, []string{"unreachable"}) {
		t.Errorf("%q where none could be reached", got)
	}
}

func TestLinesOfAHookAreCutAndNoneIsLost(t *testing.T) {
	var got []string
	w := &lineWriter{line: func(s string) { got = append(got, s) }}
	for _, part := range []string{"one\ntw", "o\n\nthr", "ee"} {
		if n, err := w.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	w.flush()
	w.flush()
	want := []string{"one", "two", "", "three"}
	if len(got) != len(want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d: %q, want %q", i, got[i], want[i])
		}
	}
	got = nil
	if _, err := w.Write(make([]byte, 3*maxLine)); err != nil {
		t.Fatal(err)
	}
	w.flush()
	if total := len(got[0]) + len(got[1]) + len(got[2]); len(got) != 3 || total != 3*maxLine {
		t.Errorf("a line without an end: %d pieces of %d bytes", len(got), total)
	}
}

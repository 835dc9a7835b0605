package plan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

func TestACanaryIsTheFirstChunksOneAWorker(t *testing.T) {
	for name, c := range map[string]struct {
		canary        spec.Limit
		targets       int64
		counted       bool
		sample        int64
		first, chunks int
	}{
		"none":                          {spec.Limit{}, 30140, true, 0, 0, 6},
		"one chunk a worker":            {spec.Limit{Count: 50}, 30140, true, 50, 3, 9},
		"fewer targets than workers":    {spec.Limit{Count: 2}, 30140, true, 2, 2, 8},
		"a share, rounded up":           {spec.Limit{Share: 1, Percent: true}, 101, true, 2, 2, 8},
		"few are left":                  {spec.Limit{Count: 50}, 52, true, 50, 3, 5},
		"the whole scan":                {spec.Limit{Count: 50}, 50, true, 0, 0, 6},
		"more than there are":           {spec.Limit{Share: 100, Percent: true}, 4, true, 0, 0, 4},
		"of an input that isn't there":  {spec.Limit{Count: 50}, 0, false, 0, 3, 9},
		"so few that they are known":    {spec.Limit{Count: 1}, 0, false, 0, 1, 7},
		"a share of what isn't there":   {spec.Limit{Share: 1, Percent: true}, 0, false, 0, 3, 9},
		"none of what isn't there":      {spec.Limit{}, 0, false, 0, 0, 6},
		"a scan of a single one, first": {spec.Limit{Count: 1}, 1, true, 0, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := static(), facts()
			s.Chunks, s.Canary = 2, c.canary
			f.Targets, f.Counted = c.targets, c.counted
			p := compile(t, s, f)
			split := find[plan.Split](p)
			if split.Sample(c.targets) != c.sample || split.CanaryChunks != c.first || split.Chunks != c.chunks {
				t.Errorf("%+v, want %d targets in %d chunks of %d", split, c.sample, c.first, c.chunks)
			}
			if got := find[plan.Wait](p).Count; got != c.chunks {
				t.Errorf("waits for %d chunks, want %d", got, c.chunks)
			}
		})
	}
}

// TestAPlanWithoutGuardsIsAsItWas: those of earlier versions have none.
func TestAPlanWithoutGuardsIsAsItWas(t *testing.T) {
	s := static()
	s.MaxFail, s.Canary, s.MaxDrift = spec.Percent{}, spec.Limit{}, spec.Percent{}
	data, err := json.Marshal(compile(t, s, facts()))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"max_fail", "canary", "max_drift"} {
		if strings.Contains(string(data), key) {
			t.Errorf("there is %s in %s", key, data)
		}
	}
	var got plan.Plan
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got := find[plan.Check](got).MaxDrift; got.Given {
		t.Errorf("max_drift is %v", got)
	}
}

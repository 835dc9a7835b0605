package render

import (
	"fmt"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// guards says what stops the scan early, or keeps it from being begun, and with
// which exit statuses.
func (t *text) guards() string {
	var fail, canary, drift string
	if most := find[plan.Wait](t.plan).MaxFail; most.Given {
		fail = fmt.Sprintf("stops when over %v fail for one reason (status 3 or 4)", most)
	}
	if s := find[plan.Split](t.plan); s.Counted && s.Sample(s.Targets) == 0 && !s.Canary.IsZero() {
		canary = fmt.Sprintf("the canary (%v) is the whole scan", s.Canary)
	} else if !s.Canary.IsZero() {
		canary = canaryTargets(s.Canary) + " first, the others only when these are fine (status 3, 4, 5 or 6)"
	}
	if most := find[plan.Check](t.plan).MaxDrift; most.Given {
		drift = fmt.Sprintf("asks for --force at over %v fewer targets than in the last run (status 1)", most)
	}
	return join(fail, canary, drift)
}

// canaryTargets says how many targets come first.
func canaryTargets(canary spec.Limit) string {
	if canary.Percent {
		return canary.String() + " of the targets"
	}
	return count(canary.Count, "target")
}

// canaryUncounted says how a canary is dealt out of an input that isn't there
// yet.
func canaryUncounted(s plan.Split) []string {
	if s.Canary.IsZero() {
		return nil
	}
	return []string{fmt.Sprintf("%s in %s of these first", canaryTargets(s.Canary), count(int64(s.CanaryChunks), "chunk"))}
}

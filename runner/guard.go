package runner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/result"
	"scanmaster/spec"
)

// leastSample is how many targets must have been begun before max_fail says
// anything, and leastFailed how many of them must have failed for one reason: a
// few tell nothing.
const leastSample, leastFailed = 50, 5

// CanaryLimit is how much of a canary may fail for one reason where max_fail
// isn't said.
var CanaryLimit = spec.Percent{Share: 20, Given: true}

// The guards, by their keys in a scan file.
const (
	guardMaxFail = "max_fail"
	guardCanary  = "canary"
)

// The reasons of a canary beyond those of a target.
const (
	// noOutcome is that targets have none, though all workers have ended.
	noOutcome = "missing"
	// hookFailed is that the post-chunk hook has failed.
	hookFailed = "hooks.post_chunk"
)

// GuardError tells that a guard of the scan file has stopped the scan. The run
// can be taken up without its guards.
type GuardError struct {
	// Guard is the guard's key in a scan file.
	Guard string `json:"guard"`
	// Reason is why targets have failed: a class, with a finer reason where there
	// is one, as "exit_3" or "nossh: auth"; a key of the scan file that says what
	// is borne, as "fail_on.failed"; "hooks.post_chunk"; or "missing".
	Reason string `json:"reason"`
	// Failed counts the targets that have failed for it, Of those that were begun;
	// Left are the others.
	Failed int64 `json:"failed"`
	Of     int64 `json:"of"`
	Left   int64 `json:"left"`
	// Limit is what is borne of Of.
	Limit string `json:"limit"`
	// Verdict says what that amounts to.
	Verdict Verdict `json:"verdict"`
}

// IsHook tells that a hook has failed, and no target.
func (e *GuardError) IsHook() bool { return e.Reason == hookFailed }

// Error says which guard, why, and how many of how many.
func (e *GuardError) Error() string {
	n, of := humanize.Comma(e.Failed), "of the "+humanize.Comma(e.Of)+" targets that were begun"
	var what string
	switch key, isLimit := strings.CutPrefix(e.Reason, "fail_on."); {
	case e.Reason == noOutcome:
		what = fmt.Sprintf("%s %s have no outcome", n, of)
	case e.Reason == hookFailed:
		what = fmt.Sprintf("the post-chunk hook failed, over %s %s", n, of)
	case isLimit && e.Limit == "":
		what = fmt.Sprintf("none %s could be reached", of)
	case isLimit:
		what = fmt.Sprintf("%s %s count as %s, and fail_on bears %s", n, of, key, e.Limit)
	default:
		what = fmt.Sprintf("%s %s ended as %s, more than %s", n, of, e.Reason, e.Limit)
	}
	left := "; nothing was run on the other %s"
	if e.Guard == guardMaxFail {
		left = "; %s were yet to come" // by what was known then
	}
	return e.Guard + ": " + what + fmt.Sprintf(left, humanize.Comma(e.Left))
}

// sample is what came of some targets.
type sample struct {
	// of counts them; where fewer have an outcome, the others are in hand.
	of    int64
	tally result.Tally
	// hooks counts those in chunks whose post-chunk hook failed.
	hooks int64
	// failed counts those that failed, by reason.
	failed map[string]int64
}

// add takes in a target's outcome.
func (s *sample) add(o result.Outcome) {
	why := o.Key()
	s.tally.Add(why)
	if o.Reason != result.ReasonNone {
		why += ": " + string(o.Reason)
	}
	s.fail(why, 1)
}

// fail takes in that targets ended for a reason, which may be none to fail.
func (s *sample) fail(why string, n int64) {
	if why == string(result.OK) {
		return
	}
	if s.failed == nil {
		s.failed = make(map[string]int64)
	}
	s.failed[why] += n
}

// worst gives the reason that most have failed for, and how many have.
func (s *sample) worst() (why string, n int64) {
	for _, key := range slices.Sorted(maps.Keys(s.failed)) {
		if s.failed[key] > n {
			why, n = key, s.failed[key]
		}
	}
	return why, n
}

// judgeBegun weighs the targets that were begun, of so many, by max_fail; nil
// where it has nothing to say. Those in hand have not failed yet: those that
// fail are often the quick ones. Where none is left to begin it saves nothing.
func judgeBegun(s sample, targets int64, limit spec.Percent) *GuardError {
	why, n := s.worst()
	if s.of < leastSample || n < leastFailed || s.of >= targets || !limit.Exceeded(n, s.of) {
		return nil
	}
	return &GuardError{
		Guard: guardMaxFail, Reason: why, Failed: n, Of: s.of, Left: targets - s.of,
		Limit: limit.String(), Verdict: verdictOn(why),
	}
}

// judgeCanary weighs a canary that is done, of so many targets; nil where it is
// fine.
func judgeCanary(s sample, targets int64, limit spec.Percent, limits spec.FailOn) *GuardError {
	if !limit.Given {
		limit = CanaryLimit
	}
	e := &GuardError{Guard: guardCanary, Of: s.of, Left: targets - s.of}
	why, n := s.worst()
	whole := Summary{Targets: s.of, Tally: s.tally, Missing: s.of - s.tally.Total()}
	switch verdict := judge(whole, limits); {
	case whole.Missing > 0:
		e.Reason, e.Failed, e.Verdict = noOutcome, whole.Missing, Incomplete
	case s.hooks > 0:
		e.Reason, e.Failed, e.Verdict = hookFailed, s.hooks, HookError
	case limit.Exceeded(n, s.of):
		e.Reason, e.Failed, e.Limit, e.Verdict = why, n, limit.String(), verdictOn(why)
	case verdict != Complete:
		key := whole.Broken(limits)[0]
		e.Reason, e.Failed, e.Verdict = "fail_on."+key, Counted(whole.Tally, key), verdict
		if limit, ok := limits[key]; ok {
			e.Limit = limit.String()
		}
	default:
		return nil
	}
	return e
}

// verdictOn is what a scan amounts to that failed for a reason.
func verdictOn(why string) Verdict {
	class, _, _ := strings.Cut(why, ":")
	if t := (result.Tally{Counts: map[string]int64{class: 1}}); t.Unreachable() > 0 {
		return Unreachable
	}
	return Failed
}

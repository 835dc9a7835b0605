package runner

import (
	"maps"
	"slices"
	"time"

	"scanmaster/runner/result"
	"scanmaster/spec"
)

// Summary is what came of a scan, as far as it was carried out.
type Summary struct {
	Name string `json:"name"`
	Run  string `json:"run"`
	// Targets counts the input's lines that were dealt out; Excluded those
	// that were left out.
	Targets  int64 `json:"targets"`
	Excluded int64 `json:"excluded,omitempty"`
	// Tally counts the outcomes of all workers.
	Tally result.Tally `json:"tally"`
	// Missing counts the lines without an outcome. MissingNames are the first
	// of them, raw; MissingFile lists all.
	Missing      int64    `json:"missing"`
	MissingNames []string `json:"missing_names,omitempty"`
	MissingFile  string   `json:"missing_file,omitempty"`
	// Workers are those that were given a chunk, in the order of the chunks; none
	// of a run that was stopped before its targets were counted to the end.
	Workers []WorkerSummary `json:"workers,omitempty"`
	// FailedHooks are those after the launch that failed.
	FailedHooks []HookFailed `json:"failed_hooks,omitempty"`
	// Results is the folder where the results are; of a run that was stopped, or
	// whose results were not gathered, where the workers have recorded them. It is
	// empty where that folder is gone, or an aggregator has moved all away.
	Results string        `json:"results"`
	Took    time.Duration `json:"took_ns"`
	// Verdict is what all this amounts to; empty of a run that was stopped.
	Verdict Verdict `json:"verdict"`
}

// IsCounted tells whether there is anything to say of the targets: a run that
// was stopped early has counted none.
func (s Summary) IsCounted() bool { return s.Tally.Total()+s.Missing > 0 }

// WorkerSummary is what came of one worker.
type WorkerSummary struct {
	Worker string       `json:"worker"`
	Chunk  string       `json:"chunk"`
	Lines  int64        `json:"lines"`
	Tally  result.Tally `json:"tally"`
	// Lost says why the worker did not finish; empty where it did.
	Lost string `json:"lost,omitempty"`
}

// Verdict is what a scan amounts to.
type Verdict string

// The verdicts, the least serious first. Where several hold, the last counts.
const (
	Complete    Verdict = "complete"
	Failed      Verdict = "failed"      // too many scripts failed
	Unreachable Verdict = "unreachable" // too many targets were unreachable
	Incomplete  Verdict = "incomplete"  // lines without an outcome
	HookError   Verdict = "hook_failed"
)

// judge weighs a summary by the scan's limits.
func judge(s Summary, limits spec.FailOn) Verdict {
	broken := s.Broken(limits)
	switch {
	case len(s.FailedHooks) > 0:
		return HookError
	case s.Missing > 0:
		return Incomplete
	case len(broken) == 0:
		return Complete
	case broken[0] == unreachable:
		return Unreachable
	}
	return Failed
}

// unreachable is the key of fail_on for targets on which the script did not run
// to an end.
const unreachable = "unreachable"

// Broken gives the keys of fail_on whose limits are broken, the most serious one
// first. "unreachable" is among them also where it has no limit, and not a single
// target could be reached.
func (s Summary) Broken(limits spec.FailOn) []string {
	var broken []string
	limit, ok := limits[unreachable]
	n := Counted(s.Tally, unreachable)
	if ok && over(limit, n, s.Targets) || !ok && n > 0 && n == s.Targets {
		broken = append(broken, unreachable)
	}
	for _, key := range slices.Sorted(maps.Keys(limits)) {
		if key != unreachable && over(limits[key], Counted(s.Tally, key), s.Targets) {
			broken = append(broken, key)
		}
	}
	return broken
}

// Counted gives how many outcomes count under a key of fail_on.
func Counted(t result.Tally, key string) int64 {
	switch key {
	case unreachable:
		return t.Unreachable()
	case "failed":
		return t.Failed()
	}
	return t.Counts[key]
}

func over(limit spec.Limit, n, targets int64) bool {
	if !limit.Percent {
		return n > limit.Count
	}
	return float64(n)*100 > limit.Share*float64(targets)
}

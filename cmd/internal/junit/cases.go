package junit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/report"
	"scanmaster/runner"
	"scanmaster/runner/hook"
	"scanmaster/runner/result"
)

// scan is the case of the whole: it says what has stopped it.
func (r *Report) scan(s runner.Summary, stopped error) testcase {
	c := testcase{Name: "scan", Class: line(r.Name), Time: seconds(s.Took)}
	if stopped == nil {
		c.Out = lines(report.Words(s.Verdict))
		return c
	}
	said := block(stopped.Error())
	first, _, _ := strings.Cut(said, "\n")
	c.Error = &fault{Message: first, Type: "stopped", text: text{said}}
	if failed := new(hook.Error); errors.As(stopped, &failed) {
		c.Error.Type, c.Out = "hook", lines(block(failed.Tail))
	}
	if errors.As(stopped, new(*runner.GuardError)) {
		c.Error.Type = "guard"
	}
	return c
}

// workers are the cases of all chunks, and of the workers that were left out.
func (r *Report) workers(s runner.Summary) []testcase {
	var cases []testcase
	for _, w := range s.Workers {
		c := r.chunk(w.Chunk)
		c.WorkerSummary, c.done = w, w.Lost == ""
	}
	failed := r.failures(s)
	for _, h := range failed {
		if h.Chunk != "" { // which is not known where an earlier master had it
			r.chunk(h.Chunk).Worker = h.Where
		}
	}
	for _, c := range r.chunks {
		cases = append(cases, r.work(c, failed))
	}
	for i, w := range r.skipped {
		if slices.ContainsFunc(r.skipped[:i], func(earlier runner.WorkerSkipped) bool { return earlier.Worker == w.Worker }) {
			continue
		}
		cases = append(cases, testcase{Name: line(w.Worker), Class: r.class("workers"), Skipped: "left out: " + line(w.Reason)})
	}
	return cases
}

// work is the case of one chunk.
func (r *Report) work(c *chunk, failed []runner.HookFailed) testcase {
	is := testcase{Name: line(c.Worker + " " + c.Chunk), Class: r.class("workers")}
	if c.took > 0 {
		is.Time = seconds(c.took)
	}
	said := humanize.Comma(c.Lines) + " targets"
	if counts := report.Counts(c.Tally); counts != "" {
		said += ": " + counts
	}
	if len(c.losses) > 0 {
		said += "\n" + block(strings.Join(c.losses, "\n"))
	}
	is.Out = lines(said)
	if c.Lost != "" {
		is.Failed = append(is.Failed, fault{Message: "lost: " + line(c.Lost), Type: "lost"})
	}
	for _, h := range failed {
		if h.Chunk == c.Chunk {
			is.Failed = append(is.Failed, hookFault(h))
		}
	}
	if !c.done && is.Failed == nil {
		is.Skipped = "not done when the scan was stopped"
	}
	return is
}

// outcomes are the cases of the classes that there are.
func (r *Report) outcomes(s runner.Summary) []testcase {
	var cases []testcase
	for _, row := range report.Rows(s) {
		if row.Class == "" {
			continue // that is no outcome
		}
		said := fmt.Sprintf("%s of %s targets: %s", humanize.Comma(row.Count), humanize.Comma(s.Targets), row.Meaning)
		c := testcase{Name: row.Class, Class: r.class("outcomes"), Out: lines(said)}
		for _, key := range s.Broken(r.FailOn) {
			if runner.Counted(result.Tally{Counts: map[string]int64{row.Class: 1}}, key) > 0 {
				c.Failed = append(c.Failed, r.broken(s, key))
			}
		}
		if row.Class == "missing" {
			c.Failed = []fault{missing(s)}
		}
		cases = append(cases, c)
	}
	return cases
}

// broken says which limit is broken, and how.
func (r *Report) broken(s runner.Summary, key string) fault {
	limit, ok := r.FailOn[key]
	if !ok {
		return fault{Message: "not a single target could be reached", Type: key}
	}
	return fault{
		Message: fmt.Sprintf("%s of %s targets count as %s, and fail_on bears %v", humanize.Comma(runner.Counted(s.Tally, key)), humanize.Comma(s.Targets), key, limit),
		Type:    "fail_on." + key,
	}
}

// missing names the first targets without an outcome, and where all are.
func missing(s runner.Summary) fault {
	names := block(strings.Join(s.MissingNames, "\n"))
	if s.MissingFile != "" {
		names += "\nall of them: " + line(s.MissingFile)
	}
	return fault{Message: humanize.Comma(s.Missing) + " targets have no outcome", Type: "missing", text: text{names}}
}

// hookCases are the cases of the hooks that run here, and of those that have
// failed elsewhere with a chunk that isn't known.
func (r *Report) hookCases(s runner.Summary) []testcase {
	var cases []testcase
	failed := r.failures(s)
	for _, done := range r.hooks {
		c := testcase{Name: line(done.Name), Class: r.class("hooks"), Time: seconds(done.Took), Out: lines(line(done.Detail))}
		if slices.ContainsFunc(failed, func(h runner.HookFailed) bool { return h.Hook == done.Name }) {
			continue // which is told below
		}
		if len(failed) > 0 && done.Name == aggregator {
			c.Skipped, c.Out = line(done.Detail), nil // it was not run on what another has left
		}
		cases = append(cases, c)
	}
	for _, h := range failed {
		if h.Chunk == "" {
			name := strings.TrimSpace(h.Hook + " " + h.Where)
			cases = append(cases, testcase{Name: line(name), Class: r.class("hooks"), Failed: []fault{hookFault(h)}})
		}
	}
	return cases
}

// failures are the hooks that have failed under this master, and before.
func (r *Report) failures(s runner.Summary) []runner.HookFailed {
	all := slices.Clone(r.failed)
	for _, h := range s.FailedHooks {
		if !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	return all
}

func hookFault(h runner.HookFailed) fault {
	return fault{Message: "hook " + line(h.Hook) + ": " + line(h.Reason), Type: "hook", text: text{block(h.Tail)}}
}

func (r *Report) class(of string) string { return line(r.Name) + "." + of }

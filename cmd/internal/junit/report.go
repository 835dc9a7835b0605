// Package junit makes a JUnit report of a scan: a test suite with a case for each
// chunk that a worker had, each worker that was left out, each class of outcomes
// and each hook. A target is none: there may be very many. All text is escaped.
package junit

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"scanmaster/cmd/internal/report"
	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// The bounds of what is said, in bytes, in lines of a text, and in warnings.
const (
	maxText     = 1000
	maxLines    = 100
	maxWarnings = 100
)

// Report collects what happens in a run, for the report at its end.
type Report struct {
	// Name is the scan's name, Run the run's, Dir the shared folder; where a scan
	// could not be planned only the first is there, and is its file's.
	Name, Run, Dir string
	// FailOn is what the verdict judges by.
	FailOn spec.FailOn
	// Now tells the time; New asks it when the run begins.
	Now func() time.Time

	began    time.Time
	chunks   []*chunk // in the order in which they came up
	skipped  []runner.WorkerSkipped
	hooks    []runner.StepDone // that have come to their end
	failed   []runner.HookFailed
	warnings []string
	unsaid   int // warnings beyond those
}

// The steps that are hooks.
var preHook, aggregator = plan.Pre{}.Kind(), plan.Aggregate{}.Kind()

// chunk is what the events say of one.
type chunk struct {
	runner.WorkerSummary
	began  time.Time
	took   time.Duration
	done   bool
	losses []string // of those that another worker went on after
}

// New begins a report of a scan.
func New(name string, now func() time.Time) *Report {
	return &Report{Name: name, Now: now, began: now()}
}

// Report implements runner.Reporter.
func (r *Report) Report(e runner.Event) {
	switch e := e.(type) {
	case runner.WorkerSkipped:
		r.skipped = append(r.skipped, e)
	case runner.WorkerStarted:
		c := r.chunk(e.Chunk)
		c.Worker, c.Lines, c.began = e.Worker, e.Lines, r.Now()
	case runner.WorkerDone:
		c := r.chunk(e.Chunk)
		c.Worker, c.Tally, c.done = e.Worker, e.Tally, true
		if !c.began.IsZero() {
			c.took = r.Now().Sub(c.began)
		}
	case runner.WorkerLost:
		r.lost(e)
	case runner.ChunkSplit:
		r.chunk(e.Chunk).Lines = e.Lines
	case runner.StepDone:
		if e.Name == preHook || e.Name == aggregator {
			r.hooks = append(r.hooks, e)
		}
	case runner.HookFailed:
		r.failed = append(r.failed, e)
	case runner.Warning:
		if len(r.warnings) == maxWarnings {
			r.unsaid++
			return
		}
		r.warnings = append(r.warnings, e.Text)
	}
}

func (r *Report) lost(e runner.WorkerLost) {
	c := r.chunk(e.Chunk)
	c.Worker = e.Worker
	if e.Again {
		c.losses = append(c.losses, e.Worker+" was lost with it, and another went on: "+e.Reason)
		return
	}
	c.Lost = e.Reason
}

func (r *Report) chunk(name string) *chunk {
	for _, c := range r.chunks {
		if c.Chunk == name {
			return c
		}
	}
	c := &chunk{WorkerSummary: runner.WorkerSummary{Chunk: name}}
	r.chunks = append(r.chunks, c)
	return c
}

// Write writes the report of a scan that is over: what came of it, as far as it
// was carried out, and what has stopped it, nil where nothing has.
func (r *Report) Write(w io.Writer, s runner.Summary, stopped error) error {
	name := line(r.Name)
	suite := testsuite{
		Name: name, Timestamp: r.began.UTC().Format("2006-01-02T15:04:05"), Time: seconds(r.Now().Sub(r.began)),
		Properties: []property{
			{"name", name}, {"run", line(r.Run)}, {"dir", line(r.Dir)},
			{"targets", strconv.FormatInt(s.Targets, 10)}, {"excluded", strconv.FormatInt(s.Excluded, 10)},
			{"verdict", line(string(s.Verdict))}, {"results", line(s.Results)},
		},
		Err: lines(r.warned()),
	}
	whole := r.scan(s, stopped)
	others := slices.Concat(r.workers(s), r.outcomes(s), r.hookCases(s))
	if stopped == nil && s.Verdict != runner.Complete && !slices.ContainsFunc(others, testcase.isRed) {
		// Nothing is known of the run but its verdict.
		whole.Failed = []fault{{Message: report.Words(s.Verdict), Type: string(s.Verdict)}}
	}
	suite.Cases = append([]testcase{whole}, others...)
	return suite.write(w)
}

func (r *Report) warned() string {
	var said strings.Builder
	for _, w := range r.warnings {
		said.WriteString("warning: " + line(w) + "\n")
	}
	if r.unsaid > 0 {
		said.WriteString(safe.Mark + " and " + strconv.Itoa(r.unsaid) + " more\n")
	}
	return strings.TrimSuffix(said.String(), "\n")
}

// line gives hostile text as one line, and block as several.
func line(s string) string  { return safe.Line(s, maxText) }
func block(s string) string { return strings.TrimSuffix(safe.Text("", s, maxText, maxLines), "\n") }

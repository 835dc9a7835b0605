package render

import (
	"slices"
	"strings"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/job"
)

// The states of what was looked at.
const (
	stateOK   = "ok"
	stateWarn = "warn"
	stateBad  = "bad"
)

// finding is one thing that was found, with its state.
type finding struct {
	state string
	job.Finding
}

// all gives what was found of a worker in the order of job.Abouts, what is well
// first and what is bad last: that is nearest to who looks at the end.
func (c Checkup) all() []finding {
	var all []finding
	for _, kind := range []struct {
		state    string
		findings []job.Finding
	}{{stateOK, c.Found}, {stateWarn, c.Warnings}, {stateBad, c.Reasons}} {
		sorted := slices.Clone(kind.findings)
		slices.SortStableFunc(sorted, func(a, b job.Finding) int {
			return slices.Index(job.Abouts, a.About) - slices.Index(job.Abouts, b.About)
		})
		for _, f := range sorted {
			all = append(all, finding{kind.state, f})
		}
	}
	return all
}

// findings are rows of what was found: its state, what it is about, the text, and
// before it the workers of which it holds.
func findings(workers []Checkup) [][]string {
	of := make(map[finding][]string)
	var order []finding
	for _, c := range workers {
		for _, f := range c.all() {
			if of[f] == nil {
				order = append(order, f)
			}
			of[f] = append(of[f], c.Worker.Name)
		}
	}
	slices.SortStableFunc(order, func(a, b finding) int { return rank(a) - rank(b) })
	rows := make([][]string, len(order))
	for i, f := range order {
		rows[i] = []string{f.state, string(f.About), safe.Line(strings.Join(of[f], ", ")+": "+f.Text, 0)}
	}
	return rows
}

// rank is the place of a finding: by its state, then by what it is about.
func rank(f finding) int {
	state := slices.Index([]string{stateOK, stateWarn, stateBad}, f.state)
	return state*len(job.Abouts) + slices.Index(job.Abouts, f.About)
}

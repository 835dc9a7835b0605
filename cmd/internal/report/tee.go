package report

import "scanmaster/runner"

// Tee hands each event on to all of its reporters, one after the other.
type Tee []runner.Reporter

// Report implements runner.Reporter.
func (t Tee) Report(e runner.Event) {
	for _, r := range t {
		r.Report(e)
	}
}

package ci

import (
	"fmt"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/plan"
)

// Sections parts the log of GitLab by the steps of a run; those of hooks, which
// say what they like, are folded.
type Sections struct {
	// Log is what it parts.
	Log Log
	// Now tells the time: GitLab shows how long each section took.
	Now func() time.Time

	open string
}

// Report implements runner.Reporter.
func (s *Sections) Report(e runner.Event) {
	if step, ok := e.(runner.StepStarted); ok {
		s.begin(step)
	}
	s.Log.Report(e)
	if _, ok := e.(runner.StepDone); ok {
		s.End()
	}
}

func (s *Sections) begin(step runner.StepStarted) {
	s.End()
	how := ""
	if step.Name == (plan.Pre{}).Kind() || step.Name == (plan.Aggregate{}).Kind() {
		how = "[collapsed=true]"
	}
	s.open = "scanmaster_" + step.Name
	s.Log.say(fmt.Sprintf("%ssection_start:%d:%s%s\r%sstep %d of %d: %s\n", erase, s.Now().Unix(), s.open, how, erase, step.Number, step.Of, step.Name))
}

// End ends the section that is open, if any: that of a step which didn't come to
// its end.
func (s *Sections) End() {
	if s.open != "" {
		s.Log.say(fmt.Sprintf("%ssection_end:%d:%s\r%s\n", erase, s.Now().Unix(), s.open, erase))
		s.open = ""
	}
}

// erase is what GitLab wants before and behind a mark, which terminals then don't
// show.
const erase = "\x1b[0K"

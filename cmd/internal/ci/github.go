package ci

import (
	"fmt"
	"strings"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
)

// The bounds of an annotation: of a line in bytes, and of a tail in lines.
const (
	maxText = 1000
	maxTail = 20
)

// atOnce is how many annotations of a level are shown as they come. GitHub shows
// ten of a step: one more says how many others there were, and one is for how the
// run has ended.
const atOnce = 8

// Annotations tells GitHub what goes wrong in a run, and folds what hooks say.
// Its commands are those of the toolkit (actions/toolkit, packages/core).
type Annotations struct {
	// Log is what it annotates; with Fold it has groups, too.
	Log  Log
	Fold bool
	// Scan names the scan in each title.
	Scan string

	folded bool
	levels map[level]*budget
}

// budget is what was shown of a level, and what was not: the first one of that,
// and how many there are.
type budget struct {
	shown, held int
	first       string
}

type level string

const (
	fault   level = "error"
	warning level = "warning"
	notice  level = "notice"
)

// Report implements runner.Reporter.
func (a *Annotations) Report(e runner.Event) {
	a.fold(e)
	a.Log.Report(e)
	switch e := e.(type) {
	case runner.WorkerSkipped:
		a.annotate(warning, "worker left out", e.Worker+": "+e.Reason, "")
	case runner.WorkerLost:
		if e.Again {
			a.annotate(warning, "worker lost", e.Worker+" with "+e.Chunk+", which another goes on with: "+e.Reason, "")
			return
		}
		a.annotate(fault, "worker lost", e.Worker+" with "+e.Chunk+": "+e.Reason, "")
	case runner.HookFailed:
		where := ""
		if e.Where != "" {
			where = " on " + e.Where
		}
		a.annotate(fault, "hook failed", e.Hook+where+": "+e.Reason, e.Tail)
	case runner.Warning:
		a.annotate(warning, "warning", e.Text, "")
	}
}

// fold begins a group with the first line of a hook, and ends it with what comes
// behind the last.
func (a *Annotations) fold(e runner.Event) {
	line, isLine := e.(runner.HookOutput)
	switch {
	case isLine && a.Fold && !a.folded:
		a.Log.say("::group::" + escapeData("what hook "+safe.Line(line.Hook, maxText)+" says") + "\n")
		a.folded = true
	case !isLine && a.folded:
		a.Log.say("::endgroup::\n")
		a.folded = false
	}
}

// Unfold ends the group that is open, if any.
func (a *Annotations) Unfold() { a.fold(nil) }

// End says how a run has ended: with an error, or with a verdict that is one.
func (a *Annotations) End(s runner.Summary, err string) {
	a.Unfold()
	switch words := verdict(s); {
	case err != "":
		first, rest, _ := strings.Cut(err, "\n")
		a.Log.say(command(fault, a.title("not carried out"), first, rest))
	case s.Verdict == runner.Complete:
		a.Log.say(command(notice, a.title("complete"), words, ""))
	default:
		a.Log.say(command(fault, a.title("failed"), words, ""))
	}
	for _, l := range []level{fault, warning} {
		switch b := a.levels[l]; {
		case b == nil || b.held == 0:
		case b.held == 1:
			a.Log.say(b.first)
		default:
			a.Log.say(command(l, a.title("more"), fmt.Sprintf("%d more of these are in the log", b.held), ""))
		}
	}
	a.levels = nil
}

func (a *Annotations) annotate(l level, title, text, tail string) {
	said := command(l, a.title(title), text, tail)
	if a.levels == nil {
		a.levels = map[level]*budget{fault: {}, warning: {}}
	}
	b := a.levels[l]
	if b.shown < atOnce {
		b.shown++
		a.Log.say(said)
		return
	}
	if b.held == 0 {
		b.first = said
	}
	b.held++
}

func (a *Annotations) title(of string) string { return a.Scan + ": " + of }

// command gives one command, with what is hostile in it escaped first.
func command(l level, title, text, tail string) string {
	text = safe.Line(text, maxText)
	if more := strings.TrimSuffix(safe.Text("", tail, maxText, maxTail), "\n"); more != "" {
		text += "\n" + more
	}
	return "::" + string(l) + " title=" + escapeProperty(safe.Line(title, maxText)) + "::" + escapeData(text) + "\n"
}

// data and property are what the runner of GitHub takes back out of a command:
// escapeData and escapeProperty of the toolkit (packages/core/src/command.ts).
var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return data.Replace(s) }
func escapeProperty(s string) string { return property.Replace(s) }

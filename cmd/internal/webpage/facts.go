package webpage

import (
	"encoding/json"
	"path"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/report"
	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
	"scanmaster/runner/past"
)

// facts say which run it is.
type facts struct {
	Name string
	// Verdict is what it amounts to in words, Tone how the style sheet knows it:
	// good, bad or open.
	Verdict, Tone string
	Rows          []fact
}

type fact struct{ Key, Value string }

// maxFact is how much of one fact is shown, in bytes.
const maxFact = 300

func newFacts(run *past.Run, targets int64) facts {
	f := facts{Name: safe.Line(run.Name, maxFact)}
	f.Verdict, f.Tone = verdict(run)
	add := func(key, value string) {
		if value != "" {
			f.Rows = append(f.Rows, fact{key, safe.Line(value, maxFact)})
		}
	}
	add("Run", run.ID)
	list := humanize.Comma(targets)
	if run.Targets > targets {
		list += " of " + humanize.Comma(run.Targets)
	}
	if run.Excluded > 0 {
		list += ", " + humanize.Comma(run.Excluded) + " more excluded"
	}
	add("Targets", list)
	if p := run.Plan; p != nil && p.Summary.Script.Path != "" {
		add("Script", path.Base(p.Summary.Script.Path))
	}
	add("Workers", workers(run))
	add("Began", at(run.Began))
	add("Ended", at(run.Ended))
	if run.Over() && !run.Began.IsZero() {
		add("Took", spell(run.Ended.Sub(run.Began)))
	}
	return f
}

// at tells a time; none where it isn't known.
func at(when time.Time) string {
	if when.IsZero() {
		return ""
	}
	return when.UTC().Format("2006-01-02 15:04:05 UTC")
}

// workers names those that chunks were given to last; many are counted.
func workers(run *past.Run) string {
	seen := make(map[string]bool)
	var names []string
	for _, c := range run.Chunks {
		if c.Worker != "" && !seen[c.Worker] {
			seen[c.Worker] = true
			names = append(names, c.Worker)
		}
	}
	if len(names) > 4 {
		return humanize.Comma(int64(len(names)))
	}
	return strings.Join(names, ", ")
}

// verdict says how the run stands.
func verdict(run *past.Run) (words, tone string) {
	switch v := runner.Verdict(run.State.Verdict); {
	case run.State.Guarded != "":
		return "stopped by a guard: " + safe.Line(run.State.Guarded, maxFact), "bad"
	case run.Classic && run.Over():
		return "ended", "open"
	case !run.Over():
		return "not at its end", "open"
	case v == runner.Complete:
		return report.Words(v), "good"
	default:
		return strings.ToLower(report.Words(v)), "bad"
	}
}

// appendJSON adds a text as a JSON string that may stand inside a script element:
// nothing in it ends one, or begins a comment.
func appendJSON(to []byte, text string) []byte {
	data, err := json.Marshal(text)
	if err != nil {
		return append(to, `""`...) // a text always can be written
	}
	return append(to, data...)
}

package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
	"scanmaster/runner/result"
)

// meanings says in a few words what the classes stand for.
var meanings = map[string]string{
	string(result.OK):      "the script ended with status 0",
	string(result.NoPing):  "no answer to the ping",
	string(result.NoSSHD):  "no SSH server answered",
	string(result.NoSSH):   "SSH was there, but the script did not run to its end",
	string(result.Unknown): "the worker died over it: the script may have run",
}

// Meaning says in a few words what targets that are counted under a key have in
// common.
func Meaning(key string) string {
	if meaning, ok := meanings[key]; ok {
		return meaning
	}
	return "the script ended with status " + strings.TrimPrefix(class(key), "exit_")
}

// verdicts puts a run's verdict into words.
var verdicts = map[runner.Verdict]string{
	runner.Complete:    "complete",
	runner.Failed:      "too many scripts failed",
	runner.Unreachable: "too many targets unreachable",
	runner.Incomplete:  "INCOMPLETE",
	runner.HookError:   "a hook failed",
	"":                 "STOPPED before its end",
}

// Words puts a verdict into words; the empty one is a scan's that was stopped.
func Words(v runner.Verdict) string { return verdicts[v] }

// Row is a class of outcomes as a summary shows it, safe to show.
type Row struct {
	// Class is the word that its outcomes are counted under, "missing" for
	// targets without one, and empty for those that were not counted any more.
	Class string
	// Count is how many there are.
	Count int64
	// Meaning says in a few words what the class stands for.
	Meaning string
}

// Rows gives the classes of a summary that have a count, and the targets without.
func Rows(s runner.Summary) []Row {
	var rows []Row
	for _, key := range s.Tally.Keys() {
		rows = append(rows, Row{class(key), s.Tally.Counts[key], Meaning(key)})
	}
	if s.Missing > 0 {
		rows = append(rows, Row{"missing", s.Missing, "without an outcome"})
	}
	if left := s.Targets - s.Tally.Total() - s.Missing; left > 0 {
		rows = append(rows, Row{"", left, "not counted any more"})
	}
	return rows
}

// Summary writes what came of a scan, by outcome, with where the results are, or
// what is known of one that was stopped. Next is the command line to go on with,
// where there is one.
func Summary(w io.Writer, s runner.Summary, next string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\nscan %s: %s, in %s\n", s.Name, verdicts[s.Verdict], s.Took.Round(100*time.Millisecond))
	width := len(humanize.Comma(s.Targets))
	for _, row := range Rows(s) {
		fmt.Fprintf(&b, "  %-9s %*s  %s\n", row.Class, width, humanize.Comma(row.Count), row.Meaning)
	}
	fmt.Fprintf(&b, "  %-9s %*s  targets", "of", width, humanize.Comma(s.Targets))
	if s.Excluded > 0 {
		fmt.Fprintf(&b, ", %s more excluded", humanize.Comma(s.Excluded))
	}
	b.WriteString("\n")
	trouble(&b, s)
	switch {
	case s.Results == "":
	case s.Verdict == "":
		fmt.Fprintf(&b, "recorded in %s\n", safe.Line(s.Results, maxText))
	default:
		fmt.Fprintf(&b, "results in %s\n", safe.Line(s.Results, maxText))
	}
	if next != "" {
		fmt.Fprintf(&b, "next: %s\n", safe.Line(next, maxText))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// trouble names what went wrong beyond the targets.
func trouble(b *strings.Builder, s runner.Summary) {
	for _, worker := range s.Workers {
		if worker.Lost != "" {
			fmt.Fprintf(b, "lost: %s\n", safe.Line(worker.Worker+" with "+worker.Chunk+": "+worker.Lost, maxText))
		}
	}
	for _, hook := range s.FailedHooks {
		where := ""
		if hook.Where != "" {
			where = " on " + hook.Where
		}
		fmt.Fprintf(b, "hook %s%s: %s\n", hook.Hook, safe.Line(where, maxText), safe.Line(hook.Reason, maxText))
	}
	if s.Missing == 0 {
		return
	}
	for _, name := range s.MissingNames {
		fmt.Fprintf(b, "missing: %s\n", safe.Line(name, maxText))
	}
	fmt.Fprintf(b, "all that are missing: %s\n", safe.Line(s.MissingFile, maxText))
}

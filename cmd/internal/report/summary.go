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

// Verdict puts a run's verdict into words; an empty one is that of a run that was
// stopped.
func Verdict(v runner.Verdict) string { return verdicts[v] }

// Summary writes what came of a scan, by outcome, with where the results are, or
// what is known of one that was stopped. Next is the command line to go on with,
// where there is one.
func Summary(w io.Writer, s runner.Summary, next string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\nscan %s: %s, in %s\n", s.Name, verdicts[s.Verdict], s.Took.Round(100*time.Millisecond))
	rows := s.Tally.Keys()
	width := len(humanize.Comma(s.Targets))
	for _, key := range rows {
		fmt.Fprintf(&b, "  %-9s %*s  %s\n", class(key), width, humanize.Comma(s.Tally.Counts[key]), Meaning(key))
	}
	if s.Missing > 0 {
		fmt.Fprintf(&b, "  %-9s %*s  without an outcome\n", "missing", width, humanize.Comma(s.Missing))
	}
	if left := s.Targets - s.Tally.Total() - s.Missing; left > 0 {
		fmt.Fprintf(&b, "  %-9s %*s  not counted any more\n", "", width, humanize.Comma(left))
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

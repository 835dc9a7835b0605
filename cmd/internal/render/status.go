package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
	"scanmaster/runner/lock"
	"scanmaster/runner/result"
)

// maxReason is how much is shown of why a worker was lost, in bytes.
const maxReason = 1000

// Status writes how a run stands: first the whole, then a row a chunk, what was
// lost, and what to do next.
func Status(w io.Writer, s runner.Status, next string) error {
	var out strings.Builder
	line := func(format string, args ...any) {
		out.WriteString(strings.TrimRight(safe.Line(fmt.Sprintf(format, args...), 0), " ") + "\n")
	}
	run := "run " + s.Run
	if s.Classic {
		run = "started by a classic master"
	}
	line("scan %s", join(s.Name, run, phase(s)))
	for _, key := range statusKeys(s) {
		if key[1] != "" {
			line("%s%s", pad("  "+key[0], headerColumn), key[1])
		}
	}
	if len(s.Chunks) > 0 {
		out.WriteString("\n")
		for _, row := range table(chunkRows(s.Chunks)) {
			out.WriteString(strings.TrimRight(row, " ") + "\n")
		}
		out.WriteString("\n")
	}
	for _, c := range s.Chunks {
		switch {
		case c.Lost != "":
			line("lost: %s", safe.Line(c.Worker+" with "+c.Chunk+": "+c.Lost, maxReason))
		case c.Losses > 0:
			line("lost: %s with %s, before %s", count(int64(c.Losses), "worker"), c.Chunk, c.Worker)
		}
	}
	if next != "" {
		line("next: %s", next)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// phase says in words where a run stands.
func phase(s runner.Status) string {
	switch {
	case s.Moved:
		return "finished, and moved away"
	case s.Phase == runner.PhaseFinished && s.Verdict != runner.Complete:
		return "finished: " + string(s.Verdict)
	case s.Phase != runner.PhaseDead:
		return string(s.Phase)
	case s.Master == nil || s.Master.State == runner.MasterGone:
		return "stopped before its end"
	}
	return "its master is dead"
}

// statusKeys are the lines of the whole; those without a value are left out.
func statusKeys(s runner.Status) [][2]string {
	done := ""
	if s.Dealt {
		done = fmt.Sprintf("%s of %s", humanize.Comma(s.Done), count(s.Targets, "target"))
		if s.All > 0 {
			done += fmt.Sprintf(" of %s (--limit)", humanize.Comma(s.All))
		}
		if s.Excluded > 0 {
			done += fmt.Sprintf(" (%s more excluded)", humanize.Comma(s.Excluded))
		}
	}
	missing := ""
	if s.Missing > 0 {
		missing = count(s.Missing, "target") + " without an outcome"
		missing += prefixed(": ", s.MissingFile)
	}
	step := s.Step
	if s.Phase == runner.PhaseRunning && step == "" && !s.Classic {
		step = "getting ready"
	}
	return [][2]string{
		{"master", master(s)},
		{"plan", s.Planned},
		{"began", at(s.Began)},
		{"ended", at(s.Ended)},
		{"step", step},
		{"cancelled", prefixed("by ", s.CancelledBy)},
		{"stopped", prefixed("by ", s.Guarded)},
		{"done", done},
		{"outcomes", outcomes(s.Tally)},
		{"missing", missing},
		{"results", s.Results},
	}
}

// master names who looks after a run that is not over.
func master(s runner.Status) string {
	m := s.Master
	if s.Classic && s.Phase == runner.PhaseRunning {
		return "a classic one, of which nothing is known"
	}
	if m == nil || s.Phase == runner.PhaseFinished {
		return ""
	}
	who := fmt.Sprintf("process %d of %s on %s, since %s", m.PID, m.User, m.Host, at(m.Since))
	if m.PID == 0 {
		who = "one whose name can't be read"
	}
	switch m.State {
	case runner.MasterGone:
		return "none any more; the last was " + who
	case string(lock.Dead):
		return who + ": dead"
	case string(lock.Unknown):
		return who + "; it can't be asked from here, and status --wait watches its heartbeat"
	}
	return who
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// at is a time in the reader's own zone.
func at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format(time.DateTime)
}

// outcomes gives a tally in one line.
func outcomes(tally result.Tally) string {
	parts := make([]string, 0, len(tally.Counts))
	for _, key := range tally.Keys() {
		parts = append(parts, humanize.Comma(tally.Counts[key])+" "+key)
	}
	return strings.Join(parts, ", ")
}

// chunkRows are the rows of the table of chunks. Since when is told of those that
// work, where any does.
func chunkRows(chunks []runner.ChunkStatus) [][]string {
	rows := [][]string{{"chunk", "worker", "state", "since", "done", "rate", "outcomes"}}
	works := false
	for _, c := range chunks {
		worker, since, rate := none, none, none
		if c.Worker != "" {
			worker = c.Worker
		}
		if c.State == runner.ChunkWorks {
			works = true
			if !c.Since.IsZero() { // else it only begins
				since = c.Since.Local().Format(time.Stamp)
			}
		}
		if c.Rate > 0 {
			rate = fmt.Sprintf("%.1f/s", c.Rate)
		}
		done := humanize.Comma(c.Done) + " of " + humanize.Comma(c.Lines)
		rows = append(rows, []string{c.Chunk, worker, string(c.State), since, done, rate, outcomes(c.Tally)})
	}
	if !works {
		for i, row := range rows {
			rows[i] = slices.Delete(row, 3, 4)
		}
	}
	return rows
}

// status is how a run stands as JSON.
type status struct {
	FormatVersion int `json:"format_version"`
	runner.Status
	// Next is a command line that goes on from there; empty where the run is
	// over.
	Next string `json:"next,omitempty"`
}

// StatusJSON writes how a run stands for programs: one object.
func StatusJSON(w io.Writer, s runner.Status, next string) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(status{JSONVersion, s, next}); err != nil {
		return err
	}
	_, err := w.Write(safe.JSON(out.Bytes()))
	return err
}

// Package report shows the events of a run: as lines for people, above a live
// block on a terminal, and as JSON lines for programs.
package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/forecast"
	"scanmaster/cmd/internal/live"
	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
	"scanmaster/runner/result"
	"scanmaster/spec"
)

// maxText is how much of one message is shown, in bytes.
const maxText = 1000

// Text writes a line an event, with the time in front, and how far the run is: in
// a log as a line, too, and on a terminal as a block below the lines.
type Text struct {
	// Out gets the lines; errors in writing to it are not the scan's.
	Out io.Writer
	// Now tells the time.
	Now func() time.Time
	// Window tells of the terminal that Out is, which may change; nil where Out is
	// none, or one that can't be drawn on.
	Window func() live.Window

	mu    sync.Mutex // whoever shows something in between comes from elsewhere
	far   forecast.Forecast
	block block
}

// Report implements runner.Reporter. It is safe for concurrent use, as all of
// Text.
func (t *Text) Report(e runner.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.follow(e)
	t.report(e)
	t.show()
}

func (t *Text) report(e runner.Event) {
	switch e := e.(type) {
	case runner.StepDone:
		t.line("%s: %s", e.Name, e.Detail)
	case runner.Resumed:
		t.line("run %s goes on: %d of %d chunks are done", e.Run, e.Done, e.Chunks)
	case runner.WorkerAttached:
		t.line("%s has %s, and this terminal: ^W d leaves it", e.Worker, e.Chunk)
	case runner.WorkerStarted:
		t.started(e)
	case runner.WorkerSkipped:
		t.line("%s is left out: %s", e.Worker, e.Reason)
	case runner.WorkerDone:
		t.line("%s is done with %s: %s", e.Worker, e.Chunk, Counts(e.Tally))
	case runner.WorkerLost:
		text := "%s is lost with %s: %s"
		if e.Again {
			text = "%s is lost with %s, which another goes on with: %s"
		}
		t.line(text, e.Worker, e.Chunk, e.Reason)
	case runner.ChunkSplit:
		t.line("%s keeps %s targets of %s; others take %s over: %s",
			e.Worker, humanize.Comma(e.Lines), e.Chunk, humanize.Comma(e.Freed), strings.Join(e.Into, ", "))
	case runner.CanaryPassed:
		t.line("canary: %s targets are fine (%s); the other %s follow", humanize.Comma(e.Targets), Counts(e.Tally), humanize.Comma(e.Left))
	case runner.GuardTripped:
		t.line("%v; its workers are ended", e.GuardError)
	case runner.Ending:
		t.ending(e)
	case runner.Progress:
		t.progress(e)
	case runner.HookOutput:
		t.line("%s | %s", e.Hook, e.Line)
	case runner.HookFailed:
		t.hookFailed(e)
	case runner.Warning:
		t.line("warning: %s", e.Text)
	}
}

func (t *Text) started(e runner.WorkerStarted) {
	works := "works"
	switch {
	case e.Unsure != "":
		t.line("%s may still work on %s (%s): its heartbeat is watched for %v", e.Worker, e.Chunk, e.Unsure, spec.Duration(e.Lease))
		return
	case e.Already:
		works = "still works"
	}
	t.line("%s %s on %s, %s targets", e.Worker, works, e.Chunk, humanize.Comma(e.Lines))
}

func (t *Text) ending(e runner.Ending) {
	text := "%s: no new targets; what runs has %v"
	if e.Told {
		text += ", once more cuts it at once"
	}
	t.line(text, e.Reason, e.Grace)
}

func (t *Text) hookFailed(e runner.HookFailed) {
	if e.Where == "" {
		t.line("hook %s failed: %s", e.Hook, e.Reason)
		return // it ran here, and its lines were shown as they came
	}
	t.line("hook %s failed on %s: %s", e.Hook, e.Where, e.Reason)
	for line := range strings.Lines(e.Tail) {
		t.line("%s | %s", e.Hook, strings.TrimSuffix(line, "\n"))
	}
}

// progress is a line of its own in a log; on a terminal the block says it.
func (t *Text) progress(e runner.Progress) {
	t.far.See(t.Now(), e)
	if t.isLive() {
		return
	}
	text := fmt.Sprintf("%d/%d workers done, %s of %s targets", e.WorkersDone, e.Workers, humanize.Comma(e.Done), humanize.Comma(e.Of))
	if counts := Counts(e.Tally); counts != "" {
		text += ": " + counts
	}
	t.line("%s%s", text, t.outlook(e))
}

// outlook says how fast the run is, when it will end, and whom it waits for, as
// far as that can be told. What is said of one worker comes at the interval alone.
func (t *Text) outlook(e runner.Progress) string {
	o, text := t.far.At(t.Now()), ""
	if speed := forecast.Speed(o.Rate); speed != "" && e.Done < e.Of {
		text += "; " + speed
		if o.IsKnown {
			text += ", ETA " + forecast.Span(o.Left)
		}
	}
	if o.Straggler != "" && e.Crew != nil {
		text += fmt.Sprintf("; %s is last, the others need %s", o.Straggler, forecast.Span(o.Others))
	}
	if e.Crew == nil {
		return text
	}
	return text + stands(o.Crew)
}

// maxNamed is how many workers are named of those that give no sign or stand still.
const maxNamed = 3

// stands names the workers that nothing is heard from, or nothing new.
func stands(crew []forecast.Worker) string {
	var said []string
	for _, w := range crew {
		switch {
		case w.State == runner.ChunkQuiet:
			said = append(said, w.Worker+" gives no sign")
		case w.IsStalled() && w.Still >= time.Minute:
			said = append(said, w.Worker+" has done none in "+forecast.Span(w.Still))
		}
	}
	if more := len(said) - maxNamed; more > 0 {
		said = append(said[:maxNamed], fmt.Sprintf("%d more are like that", more))
	}
	text := ""
	for _, s := range said {
		text += "; " + s
	}
	return text
}

// line writes one line of text; whatever it holds stays on that line.
func (t *Text) line(format string, args ...any) {
	t.print(t.stamp() + safe.Line(fmt.Sprintf(format, args...), maxText) + "\n")
}

func (t *Text) stamp() string { return t.Now().Format(time.TimeOnly) + ": " }

// Counts gives a tally in one line: "180 ok, 10 exit_3, 2 nossh".
func Counts(tally result.Tally) string {
	parts := make([]string, 0, len(tally.Counts))
	for _, key := range tally.Keys() {
		parts = append(parts, humanize.Comma(tally.Counts[key])+" "+class(key))
	}
	return strings.Join(parts, ", ")
}

// maxClass is how much of a class's name is shown, in bytes.
const maxClass = 40

// class gives a tally's key as it may be shown: it comes from files on the
// share, where others may write, too.
func class(key string) string { return safe.Line(key, maxClass) }

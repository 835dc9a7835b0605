package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"

	"scanmaster/cmd/internal/live"
	"scanmaster/runner"
	"scanmaster/runner/result"
)

// hostile would clear a terminal in two ways, turn the text round, and speak to
// a CI system.
const hostile = "\x1b[2J\u009b2J\u202e##vso[task]\n::error::"

// forged is what a .done file on the share may say that no worker wrote.
var forged = result.Tally{Counts: map[string]int64{"ok": 1, "exit_" + hostile: 1}}

func TestNoEventDrivesATerminal(t *testing.T) {
	events := []runner.Event{
		runner.HookOutput{Hook: "pre", Line: hostile},
		runner.HookFailed{Hook: "post_chunk", Where: hostile, Reason: hostile, Tail: hostile},
		runner.WorkerLost{Worker: hostile, Chunk: "xaa", Reason: hostile},
		runner.WorkerDone{Worker: "local", Chunk: "xaa", Tally: forged},
		runner.StepStarted{Number: 1, Of: 9, Name: hostile},
		runner.Progress{Workers: 1, Of: 2, Done: 1, Tally: forged, Crew: []runner.ChunkStatus{
			{Worker: hostile, Chunk: hostile, State: runner.ChunkQuiet, Lines: 2, Done: 1, Tally: forged},
		}},
		runner.Warning{Text: hostile},
	}
	var log, shown, lines bytes.Buffer
	seconds := 0
	ticking := func() time.Time {
		seconds++
		return noon().Add(time.Duration(seconds) * time.Second)
	}
	reporters := []runner.Reporter{
		&Text{Out: &log, Now: noon},
		&Text{Out: &shown, Now: ticking, Window: func() live.Window { return live.Window{Width: 200, Height: 60} }},
		&JSON{Out: &lines, Now: noon},
	}
	for _, r := range reporters {
		for _, e := range events {
			r.Report(e)
		}
	}
	wantHarmless(t, log.String())
	wantHarmless(t, lines.String())
	// What the live block itself needs of the terminal is no harm.
	wantHarmless(t, strings.NewReplacer(
		"\r", "", "\x1b[K", "", "\x1b[C", "", "\x1b[J", "", "\x1b[A", "", "\x1b[2A", "", "\x1b[3A", "", "\x1b[4A", "",
	).Replace(shown.String()))
	if !strings.Contains(shown.String(), "quiet") {
		t.Errorf("no worker is shown in %q", shown.String())
	}
}

func TestNoSummaryDrivesATerminal(t *testing.T) {
	var out bytes.Buffer
	err := Summary(&out, runner.Summary{
		Name: "audit", Targets: 2, Tally: forged, Missing: 1, MissingNames: []string{hostile}, MissingFile: hostile,
		Workers:     []runner.WorkerSummary{{Worker: hostile, Chunk: "xaa", Lost: hostile}},
		FailedHooks: []runner.HookFailed{{Hook: "post_chunk", Where: hostile, Reason: hostile}},
		Results:     hostile, Verdict: runner.HookError,
	}, "scanmaster resume "+hostile)
	if err != nil {
		t.Fatal(err)
	}
	wantHarmless(t, out.String())
}

// wantHarmless wants text that only shows itself: nothing that drives a
// terminal, and no command of a CI system.
func wantHarmless(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
			t.Errorf("%U in %q", r, text)
		}
	}
	if strings.Contains("\n"+text, "\n::") || strings.Contains(text, "##vso[") {
		t.Errorf("a command of a CI system in %q", text)
	}
}

package report

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner"
	"scanmaster/runner/result"
)

func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// tallyOf counts so many that are fine.
func tallyOf(ok int64) result.Tally {
	if ok == 0 {
		return result.Tally{}
	}
	return result.Tally{Counts: map[string]int64{"ok": ok}}
}

var tally = result.Tally{Counts: map[string]int64{"ok": 14000, "exit_3": 150, "nossh": 50}}

// happened is a scan's events, with text of a target's where it may stand.
var happened = []runner.Event{
	runner.StepStarted{Number: 1, Of: 9, Name: "check"},
	runner.StepDone{Number: 1, Name: "check", Detail: "3 files, 20,000 targets"},
	runner.WorkerSkipped{Worker: "local-3", Reason: "no room"},
	runner.WorkerStarted{Worker: "local-1", Chunk: "xaa", Lines: 10000},
	runner.Progress{WorkersDone: 2, Workers: 3, Done: 14200, Of: 20000, Tally: tally},
	runner.HookOutput{Hook: "pre", Line: "::error::\x1b[2Jhello"},
	runner.HookFailed{Hook: "post_chunk", Where: "local-1", Reason: "it ended with status 9", Tail: "one\n::two\r\n"},
	runner.HookFailed{Hook: "aggregate", Reason: "exit status 1", Tail: "shown as it came"},
	runner.WorkerLost{Worker: "local-2", Chunk: "xab", Reason: "it was killed\nby killed"},
	runner.ChunkSplit{Worker: "local-1", Chunk: "xaa", Lines: 8000, Freed: 2000, Into: []string{"xad", "xae"}},
	runner.WorkerDone{Worker: "local-1", Chunk: "xaa", Tally: tally},
	runner.CanaryPassed{Targets: 50, Left: 19950, Tally: result.Tally{Counts: map[string]int64{"ok": 49, "nossh": 1}}},
	runner.GuardTripped{GuardError: &runner.GuardError{Guard: "max_fail", Reason: "exit_3", Failed: 3000, Of: 14200, Left: 5800, Limit: "20%"}},
	runner.Warning{Text: "beware"},
	runner.WorkerStarted{Worker: "scan1", Chunk: "xaa", Lines: 10000, Already: true},
	runner.WorkerStarted{Worker: "scan2", Chunk: "xab", Already: true, Unsure: "no route\nto it", Lease: 2 * time.Minute},
	runner.Ending{Reason: "ended by interrupt", Told: true, Grace: 5 * time.Second},
	runner.Ending{Reason: "cancelled by somebody", Grace: 5 * time.Second},
}

func TestALogHasALineAnEvent(t *testing.T) {
	var out bytes.Buffer
	text := &Text{Out: &out, Now: noon}
	for _, e := range happened {
		text.Report(e)
	}
	want := `12:00:00: check: 3 files, 20,000 targets
12:00:00: local-3 is left out: no room
12:00:00: local-1 works on xaa, 10,000 targets
12:00:00: 2/3 workers done, 14,200 of 20,000 targets: 14,000 ok, 150 exit_3, 50 nossh
12:00:00: pre | ::error::\x1b[2Jhello
12:00:00: hook post_chunk failed on local-1: it ended with status 9
12:00:00: post_chunk | one
12:00:00: post_chunk | ::two\r
12:00:00: hook aggregate failed: exit status 1
12:00:00: local-2 is lost with xab: it was killed\nby killed
12:00:00: local-1 keeps 8,000 targets of xaa; others take 2,000 over: xad, xae
12:00:00: local-1 is done with xaa: 14,000 ok, 150 exit_3, 50 nossh
12:00:00: canary: 50 targets are fine (49 ok, 1 nossh); the other 19,950 follow
12:00:00: max_fail: 3,000 of the 14,200 targets that were begun ended as exit_3, more than 20%; 5,800 were yet to come; its workers are ended
12:00:00: warning: beware
12:00:00: scan1 still works on xaa, 10,000 targets
12:00:00: scan2 may still work on xab (no route\nto it): its heartbeat is watched for 2m
12:00:00: ended by interrupt: no new targets; what runs has 5s, once more cuts it at once
12:00:00: cancelled by somebody: no new targets; what runs has 5s
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestEveryEventIsAJSONLine(t *testing.T) {
	var out bytes.Buffer
	lines := &JSON{Out: &out, Now: noon}
	lines.Line(Run{FormatVersion: FormatVersion, Name: "audit", Run: "20260304T120000.000Z-0275f2", Dir: "/share"})
	for _, e := range happened {
		lines.Report(e)
	}
	lines.Report(runner.Finished{Summary: runner.Summary{Name: "audit", Verdict: runner.Complete}})
	if lines.Err != nil {
		t.Fatal(lines.Err)
	}
	if *update {
		if err := os.WriteFile("testdata/events.jsonl", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/events.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Error(diff)
	}
	n := 0
	for line := range strings.Lines(out.String()) {
		var e struct {
			Time  time.Time
			Event string
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Event == "" || !e.Time.Equal(noon()) {
			t.Errorf("%v in %s", err, line)
		}
		n++
	}
	if n != len(happened)+2 {
		t.Errorf("%d lines for %d events", n, len(happened)+2)
	}
}

func TestASummaryNamesWhatIsMissing(t *testing.T) {
	var out bytes.Buffer
	err := Summary(&out, runner.Summary{
		Name: "audit", Targets: 20000, Excluded: 9, Tally: tally, Missing: 5800,
		MissingNames: []string{"web1 10.0.0.1", "\x1b[2Jevil"}, MissingFile: "/share/missing",
		Workers:     []runner.WorkerSummary{{Worker: "local-2", Chunk: "xab", Lost: "it was killed"}, {Worker: "local-1"}},
		FailedHooks: []runner.HookFailed{{Hook: "post_chunk", Where: "local-1", Reason: "it ended with status 9"}},
		Results:     "/share/final", Took: 12345 * time.Millisecond, Verdict: runner.Incomplete,
	}, "scanmaster resume audit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := `
scan audit: INCOMPLETE, in 12.3s
  ok        14,000  the script ended with status 0
  exit_3       150  the script ended with status 3
  nossh         50  SSH was there, but the script did not run to its end
  missing    5,800  without an outcome
  of        20,000  targets, 9 more excluded
lost: local-2 with xab: it was killed
hook post_chunk on local-1: it ended with status 9
missing: web1 10.0.0.1
missing: \x1b[2Jevil
all that are missing: /share/missing
results in /share/final
next: scanmaster resume audit.yaml
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestAFullDiskUnderTheEventsIsToldOnce(t *testing.T) {
	lines := &JSON{Out: full{}, Now: noon}
	lines.Report(runner.Warning{Text: "one"})
	if lines.Err == nil {
		t.Error("nothing was told")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }

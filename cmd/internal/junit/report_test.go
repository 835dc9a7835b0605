package junit

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner"
	"scanmaster/runner/hook"
	"scanmaster/runner/result"
	"scanmaster/spec"
)

var update = flag.Bool("update", false, "write the wanted reports anew")

// clock is a time that goes on by a second whenever it is asked.
func clock() func() time.Time {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

const hostile = "\x1b[2J\x00\ufffe\xff]]></failure><x a='\"'>&amp;\n::error::no\n##vso[task]"

func tally(counts map[string]int64) result.Tally { return result.Tally{Counts: counts} }

// scenario is a run, and how it ended.
type scenario struct {
	events  []runner.Event
	summary runner.Summary
	stopped error
	limits  spec.FailOn
}

var scenarios = map[string]scenario{
	"complete": {
		events: []runner.Event{
			runner.StepDone{Name: "pre", Took: 1500 * time.Millisecond, Detail: "/srv/audit/pre.sh"},
			runner.StepDone{Name: "check", Detail: "3 files"},
			runner.WorkerSkipped{Worker: "scan3", Reason: "there is no screen: install it there"},
			runner.WorkerStarted{Worker: "scan1", Chunk: "xaa", Lines: 10000},
			runner.WorkerStarted{Worker: "scan2", Chunk: "xab", Lines: 10000},
			runner.WorkerLost{Worker: "scan2", Chunk: "xab", Reason: "it ended without having finished: Killed", Again: true},
			runner.ChunkSplit{Worker: "scan1", Chunk: "xaa", Lines: 9000, Freed: 1000, Into: []string{"xac"}},
			runner.WorkerDone{Worker: "scan1", Chunk: "xaa", Tally: tally(map[string]int64{"ok": 9000})},
			runner.WorkerStarted{Worker: "scan1", Chunk: "xab", Lines: 10000},
			runner.WorkerDone{Worker: "scan1", Chunk: "xab", Tally: tally(map[string]int64{"ok": 9900, "nossh": 100})},
			runner.Warning{Text: "the ssh-agent doesn't answer"},
		},
		summary: runner.Summary{
			Name: "audit", Targets: 20000, Excluded: 9, Tally: tally(map[string]int64{"ok": 19900, "nossh": 100}),
			Workers: []runner.WorkerSummary{
				{Worker: "scan1", Chunk: "xaa", Lines: 9000, Tally: tally(map[string]int64{"ok": 9000})},
				{Worker: "scan1", Chunk: "xab", Lines: 10000, Tally: tally(map[string]int64{"ok": 9900, "nossh": 100})},
				{Worker: "scan1", Chunk: "xac", Lines: 1000, Tally: tally(map[string]int64{"ok": 1000})},
			},
			Results: "/share/chunked/audit/final", Took: 12345 * time.Millisecond, Verdict: runner.Complete,
		},
		limits: spec.FailOn{"unreachable": {Share: 20, Percent: true}},
	},
	"failed": {
		events: []runner.Event{
			runner.WorkerStarted{Worker: "scan1", Chunk: "xaa", Lines: 40},
			runner.WorkerLost{Worker: "scan2", Chunk: "xab", Reason: hostile},
			runner.HookFailed{Hook: "post_chunk", Where: "scan1", Chunk: "xaa", Reason: "it ended with status 9", Tail: "one\n" + hostile + "\n"},
			runner.WorkerDone{Worker: "scan1", Chunk: "xaa"},
			runner.StepDone{Name: "aggregate", Detail: "not run, since a post-chunk hook failed"},
			runner.Warning{Text: hostile},
		},
		summary: runner.Summary{
			Name: "audit", Targets: 100, Missing: 12, MissingNames: []string{"web1 10.0.0.1", hostile}, MissingFile: "/share/missing",
			Tally: tally(map[string]int64{"ok": 40, "exit_2": 3, "exit_3": 5, "noping": 10, "nosshd": 20, "unknown": 10, "exit_" + hostile: 1}),
			Workers: []runner.WorkerSummary{
				{Worker: "scan1", Chunk: "xaa", Lines: 40}, {Worker: "scan2", Chunk: "xab", Lines: 60, Lost: hostile},
			},
			FailedHooks: []runner.HookFailed{
				{Hook: "post_chunk", Where: "scan1", Chunk: "xaa", Reason: "it ended with status 9", Tail: "one\n" + hostile + "\n"},
				{Hook: "post_chunk", Where: "scan4", Reason: "it ended with status 1, under an earlier master"},
			},
			Verdict: runner.HookError,
		},
		limits: spec.FailOn{"unreachable": {Share: 20, Percent: true}, "exit_2": {}, "failed": {Count: 8}, "unknown": {Count: 10}},
	},
	"stopped": {
		events: []runner.Event{
			runner.WorkerStarted{Worker: "local-1", Chunk: "xaa", Lines: 50},
			runner.WorkerStarted{Worker: "local-2", Chunk: "xab", Lines: 50},
			runner.WorkerDone{Worker: "local-2", Chunk: "xab", Tally: tally(map[string]int64{"nossh": 50})},
		},
		summary: runner.Summary{Name: "audit", Targets: 1000},
		stopped: fmt.Errorf("wait: %w\nresume with: scanmaster resume audit.yaml", &runner.GuardError{
			Guard: "max_fail", Reason: "nossh: auth", Failed: 50, Of: 60, Left: 940, Limit: "20%", Verdict: runner.Unreachable,
		}),
	},
	"hook": {
		summary: runner.Summary{Name: "audit"},
		stopped: fmt.Errorf("pre: %w", &hook.Error{Path: "/srv/pre.sh", Status: 1, Tail: "mounting\n" + hostile, Err: errors.New("exit status 1")}),
	},
	"over": {summary: runner.Summary{Verdict: runner.Failed}},
	"unreachable": {
		summary: runner.Summary{Name: "audit", Targets: 2, Tally: tally(map[string]int64{"noping": 2}), Verdict: runner.Unreachable},
	},
}

// made gives the report of a scenario.
func made(t *testing.T, s scenario) []byte {
	t.Helper()
	r := New("audit", clock())
	r.Run, r.Dir, r.FailOn = "20260304T120000.000Z-0275f2", "/share", s.limits
	for _, e := range s.events {
		r.Report(e)
	}
	var out bytes.Buffer
	if err := r.Write(&out, s.summary, s.stopped); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReportsAreAsWanted(t *testing.T) {
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			got := made(t, s)
			file := filepath.Join("testdata", name+".xml")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A report is red where the scan's exit status is not 0, and only there.
func TestReportsAreAsRedAsTheVerdict(t *testing.T) {
	for name, s := range scenarios {
		var report testsuites
		if err := xml.Unmarshal(made(t, s), &report); err != nil {
			t.Fatal(err)
		}
		fine := s.stopped == nil && s.summary.Verdict == runner.Complete
		if red := report.Failures+report.Errors > 0; red == fine {
			t.Errorf("%s: %d failures, %d errors", name, report.Failures, report.Errors)
		}
		if n := len(report.Suites[0].Cases); n != report.Tests || n != report.Suites[0].Tests {
			t.Errorf("%s: %d cases are counted as %d and %d", name, n, report.Tests, report.Suites[0].Tests)
		}
	}
}

func FuzzReport(f *testing.F) {
	f.Add(hostile, "exit_3")
	f.Fuzz(func(t *testing.T, text, class string) {
		r := New(text, clock())
		r.Report(runner.WorkerLost{Worker: text, Chunk: text, Reason: text})
		r.Report(runner.HookFailed{Hook: "pre", Where: text, Reason: text, Tail: text})
		r.Report(runner.Warning{Text: text})
		var out bytes.Buffer
		s := runner.Summary{Targets: 3, Tally: tally(map[string]int64{class: 2}), Missing: 1, MissingNames: []string{text}}
		if err := r.Write(&out, s, errors.New(text)); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(out.String(), func(c rune) bool { return c < ' ' && c != '\n' || c == 0x7f || c == 0x1b || c == '\u202e' }) {
			t.Errorf("%q drives a terminal", out.String())
		}
		dec := xml.NewDecoder(&out)
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}

func TestThereAreNotMoreWarningsThanOneReads(t *testing.T) {
	r := New("audit", clock())
	for range maxWarnings + 3 {
		r.Report(runner.Warning{Text: "beware"})
	}
	var out bytes.Buffer
	if err := r.Write(&out, runner.Summary{}, nil); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "warning: beware"); n != maxWarnings || !strings.Contains(out.String(), "… and 3 more") {
		t.Errorf("%d warnings in %s", n, out.String())
	}
}

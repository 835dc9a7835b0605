package render_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/cmd/internal/render"
	"scanmaster/runner"
	"scanmaster/runner/result"
)

// standing is a run with chunks in every state.
func standing() runner.Status {
	since := time.Date(2026, 11, 25, 3, 35, 33, 0, time.Local)
	return runner.Status{
		Name: "audit", Run: "20261125T033533.035Z-0565a6", Phase: runner.PhaseRunning,
		Master: &runner.Master{State: "alive", Host: "ops1", PID: 4711, User: "scan", Since: since},
		Began:  since, Step: "wait", Dealt: true, Targets: 30140, Excluded: 9, Done: 14070,
		Tally: result.Tally{Counts: map[string]int64{"ok": 14000, "exit_3": 70}},
		Chunks: []runner.ChunkStatus{
			{Chunk: "xaa", Worker: "scan1", State: runner.ChunkDone, Lines: 7535, Done: 7535, Tally: result.Tally{Counts: map[string]int64{"ok": 7535}}},
			{Chunk: "xab", Worker: "scan2", State: runner.ChunkWorks, Since: since.Add(27 * time.Second), Lines: 7535, Done: 6535, Rate: 12.34, Session: true, Losses: 1,
				Tally: result.Tally{Counts: map[string]int64{"ok": 6465, "exit_3": 70}}},
			{Chunk: "xac", State: runner.ChunkWaits, Lines: 7535},
			{Chunk: "xad", Worker: "scan3", State: runner.ChunkLost, Lines: 7535, Losses: 4, Lost: "killed by\n\x1b]0;owned\a"},
		},
	}
}

func TestOfARunThatWasReviewedThePlanIsTold(t *testing.T) {
	s := standing()
	s.Planned = "sha256:41d0\x1b[2J"
	var out strings.Builder
	if err := render.Status(&out, s, ""); err != nil || !strings.Contains(out.String(), "\n  plan      sha256:41d0\\x1b[2J\n") {
		t.Errorf("%v:\n%s", err, out.String())
	}
	out.Reset()
	if err := render.StatusJSON(&out, s, ""); err != nil || !strings.Contains(out.String(), `"planned": "sha256:41d0\u001b[2J"`) {
		t.Errorf("%v:\n%s", err, out.String())
	}
}

func TestHowARunStandsIsShown(t *testing.T) {
	const want = `scan audit · run 20261125T033533.035Z-0565a6 · running
  master    process 4711 of scan on ops1, since 2026-11-25 03:35:33
  began     2026-11-25 03:35:33
  step      wait
  done      14,070 of 30,140 targets (9 more excluded)
  outcomes  14,000 ok, 70 exit_3

chunk  worker  state  since            done            rate    outcomes
xaa    scan1   done   -                7,535 of 7,535  -       7,535 ok
xab    scan2   works  Nov 25 03:36:00  6,535 of 7,535  12.3/s  6,465 ok, 70 exit_3
xac    -       waits  -                0 of 7,535      -
xad    scan3   lost   -                0 of 7,535      -

lost: 1 worker with xab, before scan2
lost: scan3 with xad: killed by\n\x1b]0;owned\x07
next: scanmaster attach audit scan2
`
	var out strings.Builder
	if err := render.Status(&out, standing(), "scanmaster attach audit scan2"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWhereARunStandsIsPutIntoWords(t *testing.T) {
	for _, c := range []struct {
		change func(*runner.Status)
		want   []string
	}{
		{func(s *runner.Status) { s.Phase, s.Master.State = runner.PhaseDead, "dead" },
			[]string{"· its master is dead\n", " 03:35:33: dead\n"}},
		{func(s *runner.Status) { s.Phase, s.Master.State = runner.PhaseDead, runner.MasterGone },
			[]string{"· stopped before its end\n", "none any more; the last was process 4711"}},
		{func(s *runner.Status) { s.Phase, s.Master = runner.PhaseDead, nil }, []string{"· stopped before its end\n"}},
		{func(s *runner.Status) { s.Master.State = "unknown" }, []string{"· running\n", "; it can't be asked from here, and "}},
		{func(s *runner.Status) { s.Master.PID, s.Step = 0, "" }, []string{"one whose name can't be read\n", "  step      getting ready\n"}},
		{func(s *runner.Status) { s.Phase, s.Verdict, s.Missing = runner.PhaseFinished, runner.Incomplete, 1 },
			[]string{"· finished: incomplete\n", "  missing   1 target without an outcome\n"}},
		{func(s *runner.Status) { s.Missing, s.MissingFile = 2, "/mnt/missing" },
			[]string{"  missing   2 targets without an outcome: /mnt/missing\n"}},
		{func(s *runner.Status) { s.Classic, s.Run, s.Master, s.Step = true, "", nil, "" },
			[]string{"scan audit · started by a classic master · running\n", "  master    a classic one, of which nothing is known\n  began     2026-11-25 03:35:33\n  done "}},
		{func(s *runner.Status) { s.Guarded = "max_fail: 30\x1b" }, []string{`  stopped   by max_fail: 30\x1b`}},
		{func(s *runner.Status) { s.CancelledBy = "me\x1b" }, []string{`  cancelled by me\x1b`}},
		{func(s *runner.Status) { s.Master.User, s.Chunks[0].Worker = "\x1b[2J", "a\nb" }, []string{`of \x1b[2J on`, `a\nb`}},
	} {
		s := standing()
		c.change(&s)
		var out strings.Builder
		if err := render.Status(&out, s, ""); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is missing in\n%s", want, out.String())
			}
		}
	}
}

func TestHowARunStandsIsOneObjectForPrograms(t *testing.T) {
	var out strings.Builder
	if err := render.StatusJSON(&out, standing(), "scanmaster attach audit scan2"); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(out.String()), &doc); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"began", "chunks", "dealt", "done", "excluded", "format_version", "master", "missing", "name", "next", "resumable",
		"run", "state", "step", "tally", "targets",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(doc))); diff != "" {
		t.Error(diff)
	}
	works := doc["chunks"].([]any)[1].(map[string]any)
	want = []string{"chunk", "done", "lines", "losses", "rate", "session", "since", "state", "tally", "worker"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(works))); diff != "" {
		t.Error(diff)
	}
	if strings.ContainsAny(out.String(), "\x1b\a") {
		t.Error("the terminal can be driven")
	}
}

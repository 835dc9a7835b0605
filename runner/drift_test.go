package runner_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// applyFirst carries out a scan of the first so many targets.
func (g *ground) applyFirst(n int, keys string, force bool) (runner.Summary, error) {
	g.t.Helper()
	all := g.lines
	g.lines = all[:n]
	defer func() { g.lines = all }()
	if n == 0 {
		g.write("targets.txt", "# none\n")
	}
	cfg := g.config()
	cfg.Force = force
	return runner.Apply(g.t.Context(), g.plan(keys), cfg)
}

func TestAnInputThatHasShrunkAsksForForce(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("fine", 10, fleet.Behaviour{Kind: fleet.Canned})
	const keys = "max_drift: 20%\nkeep: 1\n"
	for i, c := range []struct {
		targets int
		force   bool
		asks    string // empty where it is carried out
	}{
		{5, false, ""}, // there is nothing to compare it with
		{10, false, ""},
		{8, false, ""}, // 20% fewer
		{6, false, "input: 6 targets; run "},
		{6, false, "had 8: that is 25% fewer, and max_drift bears 20%"},
		{6, true, ""},
		{5, false, ""}, // what was forced is what counts
		{10, false, ""},
		{7, false, "30% fewer"},
	} {
		var before string
		if c.asks != "" {
			before = g.read("started") + g.read(".run-*/journal")
		}
		s, err := g.applyFirst(c.targets, keys, c.force)
		if c.asks == "" {
			if err != nil || s.Tally.Counts["ok"] != int64(c.targets) {
				t.Fatalf("number %d: %+v, %v", i, s, err)
			}
			continue
		}
		if drift := new(runner.DriftError); !errors.As(err, &drift) || !strings.Contains(err.Error(), c.asks) {
			t.Errorf("number %d: %v, want %q", i, err, c.asks)
		}
		if g.read("started")+g.read(".run-*/journal") != before || g.read("final/ok") == "" {
			t.Errorf("number %d: the earlier scan was touched", i)
		}
	}
}

func TestTheLastRunIsFoundWhereItWasMoved(t *testing.T) {
	for name, to := range map[string]string{"cleared": ".old/run-", "while it was cleared": ".old/.moving/"} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.targets("fine", 10, fleet.Behaviour{Kind: fleet.Canned})
			s, err := g.applyFirst(10, "", false)
			if err != nil {
				t.Fatal(err)
			}
			if to == ".old/run-" {
				to += s.Run + "/"
			}
			g.write("share/chunked/s/.old/run-2025-not-a-run", "")
			if err := errors.Join(os.MkdirAll(g.prefix(to), 0o700), os.Rename(g.prefix(".run-"+s.Run), g.prefix(to+".run-"+s.Run))); err != nil {
				t.Fatal(err)
			}
			// One that never got as far as to count counts for nothing.
			g.write("share/chunked/s/.run-20990101T000000.000Z-000000/plan.json", "{}")
			_, err = g.applyFirst(9, "max_drift: 5%\n", false)
			if drift := new(runner.DriftError); !errors.As(err, &drift) || drift.Last != 10 || drift.LastRun != s.Run {
				t.Errorf("%v: want the 10 of run %s", err, s.Run)
			}
		})
	}
}

func TestAnEmptyInputIsCarriedOutOnlyByForce(t *testing.T) {
	g := lay(t)
	g.targets("fine", 3, fleet.Behaviour{Kind: fleet.Canned})
	g.write("agg.sh", "#!/bin/sh\necho \"$1\" >"+g.path("aggregated")+"\n")
	g.write("pre.sh", "#!/bin/sh\n") // it makes the input, so that nobody knows before
	if _, err := g.applyFirst(3, "", false); err != nil {
		t.Fatal(err)
	}
	before := g.read("started")
	_, err := g.applyFirst(0, "hooks: {pre: pre.sh}\n", false)
	if drift := new(runner.DriftError); !errors.As(err, &drift) || !strings.Contains(err.Error(), "input: no target is left to scan; run ") ||
		!strings.Contains(err.Error(), "had 3: comments, ") || g.read("started") != before {
		t.Errorf("%v: want that there is none", err)
	}
	for name, keys := range map[string]string{
		"merged": "hooks: {pre: pre.sh}\n", "aggregated": "hooks: {pre: pre.sh, aggregate: agg.sh}\ncanary: 5\nmax_fail: 5%\nmax_drift: 5%\n",
	} {
		s, err := g.applyFirst(0, keys, true)
		if err != nil || s.Verdict != runner.Complete || s.Targets != 0 || s.Tally.Total() != 0 {
			t.Errorf("%s: %+v, %v\n%s", name, s, err, g.logs())
		}
		if name == "merged" && g.read("final/count") != "" {
			t.Error("there are targets in final")
		}
		if _, err := os.Stat(filepath.Join(g.dir, "aggregated")); name == "aggregated" && err != nil {
			t.Error(err)
		}
	}
}

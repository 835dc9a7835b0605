package runner_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// TestWhatIsMissingOfARunIsSaid damages a run that was stopped half done. It can
// be neither taken up nor begun beside, and makes way when that is wanted.
func TestWhatIsMissingOfARunIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file   string // below PREFIX, where it can't be taken up
		change func(*ground, string)
		want   string
		// begins tells that apply and status, too, can say so.
		begins bool
	}{
		"no journal":     {".run-*/journal", (*ground).remove, "journal is missing", true},
		"no plan":        {".run-*/plan.json", (*ground).remove, "plan.json is missing", true},
		"no job file":    {".run-*/job.json", (*ground).remove, "job.json is missing", false},
		"no chunk":       {"input/*/xaa", (*ground).remove, "/xaa is missing", false},
		"no chunks":      {"input", (*ground).remove, "is missing", false},
		"half a journal": {".run-*/journal", (*ground).garble, "journal: line 2: ", true},
	} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.targets("slow", 4, fleet.Behaviour{Kind: fleet.Canned, Delay: 200 * time.Millisecond})
			p := g.plan("hosts: [local]\njobs: 1\n")
			g.endedWithOneDone(p)
			c.change(g, c.file)
			said := func(who string, err error) {
				t.Helper()
				damaged := new(runner.DamagedError)
				if !errors.As(err, &damaged) || damaged.Run != p.Layout.Run || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "apply --restart") {
					t.Errorf("%s: %v: want %q", who, err, c.want)
				}
			}
			if c.want != "plan.json is missing" { // else nobody has one to resume
				_, err := runner.Resume(t.Context(), p, g.config())
				said("resume", err)
			}
			_, err := g.apply(t.Context(), g.plan("hosts: [local]\n"))
			if unfinished := new(runner.UnfinishedError); c.begins {
				said("apply", err)
				last := p.Layout
				last.Run = ""
				_, err = runner.ReadStatus(t.Context(), last)
				said("status", err)
			} else if !errors.As(err, &unfinished) {
				t.Errorf("apply: %v: want that it is unfinished", err)
			}
			cfg := g.config()
			cfg.Restart = true
			s, err := runner.Apply(t.Context(), g.plan("hosts: [local]\n"), cfg)
			if err != nil || s.Verdict != runner.Complete {
				t.Errorf("apply --restart: %+v, %v", s, err)
			}
		})
	}
}

// remove removes what fits a pattern below PREFIX.
func (g *ground) remove(pattern string) {
	g.t.Helper()
	files, err := filepath.Glob(g.prefix(pattern))
	if err != nil || len(files) == 0 {
		g.t.Fatalf("no file %s: %v", pattern, err)
	}
	for _, file := range files {
		if err := os.RemoveAll(file); err != nil {
			g.t.Fatal(err)
		}
	}
}

// garble makes the second line of a file below PREFIX unreadable.
func (g *ground) garble(pattern string) {
	g.t.Helper()
	lines := strings.SplitAfter(g.read(pattern), "\n")
	lines[1] = "\x00\x00\n"
	files, _ := filepath.Glob(g.prefix(pattern))
	if err := os.WriteFile(files[0], []byte(strings.Join(lines, "")), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

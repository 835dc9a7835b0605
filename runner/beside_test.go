package runner_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

// elsewhereBegun lays out a run that a worker on another machine has begun.
func elsewhereBegun(t *testing.T) (g *ground, run, folder string) {
	t.Helper()
	g = lay(t)
	g.targets("slow", 4, fleet.Behaviour{Kind: fleet.Canned, Delay: 200 * time.Millisecond})
	p := g.plan("hosts: [local]\njobs: 1\n")
	p.Lease, p.Job.Lease = time.Second, time.Second
	folder = g.endedWithOneDone(p)
	journal := g.prefix(".run-" + p.Layout.Run + "/journal")
	text := regexp.MustCompile(`"place":"\S+ `).ReplaceAllString(g.read(".run-*/journal"), `"place":"farhost `)
	if !strings.Contains(text, "farhost") {
		t.Fatalf("nobody was started: %s", text)
	}
	if err := os.WriteFile(journal, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return g, p.Layout.Run, folder
}

// restart begins a run in the place of one that is not finished.
func (g *ground) restart() (runner.Summary, error) {
	cfg := g.config()
	cfg.Restart = true
	p := g.plan("hosts: [local]\n")
	p.Lease, p.Job.Lease = time.Second, time.Second
	return runner.Apply(g.t.Context(), p, cfg)
}

// warnings are all warnings so far.
func (g *ground) warnings() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, e := range g.events {
		if w, ok := e.(runner.Warning); ok {
			all = append(all, w.Text)
		}
	}
	return strings.Join(all, "\n")
}

func TestNoRunIsBegunBesideAWorkerThatIsOutOfReach(t *testing.T) {
	g, run, folder := elsewhereBegun(t)
	ctx, cancel := context.WithCancel(t.Context())
	beating := make(chan error, 1)
	go func() { beating <- beat(ctx, folder, run) }()
	before := g.read("started")
	_, err := g.restart()
	cancel()
	if failed := <-beating; failed != nil {
		t.Fatal(failed)
	}
	if err == nil || !strings.Contains(err.Error(), "the worker of xaa on farhost can't be reached, and still works") {
		t.Errorf("%v: want the chunk and the host", err)
	}
	if g.read("started") != before {
		t.Error("the earlier run was touched")
	}
}

// beat renews the heartbeat of a chunk, as its worker does.
func beat(ctx context.Context, folder, run string) error {
	for n := int64(1000); ctx.Err() == nil; n++ {
		mark := job.ProgressMark{Run: run, Chunk: "xaa", Beat: n, Lines: 4}
		if err := os.WriteFile(filepath.Join(folder, ".beat"), mark.Encode(), 0o600); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(folder, ".beat"), filepath.Join(folder, job.Progress)); err != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

func TestAWorkerThatIsOutOfReachAndStillIsWarnedOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		gone []string
		want string
	}{
		"known":         {nil, "the worker of xaa on farhost has given no sign for 1s"},
		"no plan":       {[]string{".run-*/plan.json"}, "the worker of xaa on farhost has given no sign for 1s"},
		"nothing known": {[]string{".run-*/plan.json", ".run-*/journal"}, "the worker of xaa on a host that isn't known has given no sign for 1s"},
		"no journal":    {[]string{".run-*/journal"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g, _, _ := elsewhereBegun(t)
			for _, pattern := range c.gone {
				g.remove(pattern)
			}
			s, err := g.restart()
			if err != nil || s.Verdict != runner.Complete {
				t.Fatalf("%+v, %v", s, err)
			}
			if got := g.warnings(); !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "no sign") {
				t.Errorf("warned of %q: want %q", got, c.want)
			}
		})
	}
}

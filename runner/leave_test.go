package runner_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

// leave begins a run whose targets never end, and ends its master as soon as
// something is so.
func leave(t *testing.T, g *ground, so func(job.Layout) bool) runner.Status {
	t.Helper()
	p := g.plan("hosts: [local, local]\ntimeouts: {run: 1h}")
	cfg := g.config()
	cfg.LeaveWorkers = true
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := runner.Apply(ctx, p, cfg); ended <- err }()
	for !so(p.Layout) {
		time.Sleep(glance)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	t.Cleanup(func() {
		for _, c := range runner.Cancel(context.Background(), p, g.config()) {
			if c.Err != nil {
				t.Error(c.Err)
			}
		}
	})
	return mustRead(t, p.Layout)
}

func TestWorkersAreLeftAtWork(t *testing.T) {
	t.Parallel()
	for name, so := range map[string]func(l job.Layout) bool{
		"while they are started": func(l job.Layout) bool {
			logs, _ := filepath.Glob(l.Log("*"))
			return len(logs) > 0
		},
		"while they work": func(l job.Layout) bool {
			begun, _ := filepath.Glob(filepath.Join(l.Prefix(), "*/.slave"))
			return len(begun) == 2
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.targets("stuck", 2, fleet.Behaviour{Kind: fleet.NeverEnds})
			s := leave(t, g, so)
			if s.Phase != runner.PhaseDead || s.Master.State != runner.MasterGone || len(s.Chunks) != 2 {
				t.Errorf("%+v", s)
			}
			for _, c := range s.Chunks {
				if c.State != runner.ChunkWorks || c.Losses > 0 {
					t.Errorf("%+v", c)
				}
			}
			if kinds := g.kinds(); strings.Contains(kinds, "worker_lost") {
				t.Error(kinds)
			}
		})
	}
}

func TestWorkersThatWereLeftOnHostsFinishForTheNextMaster(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.write("remote.sh", "echo ran >>"+g.path("ran")+"\nuntil test -e "+g.path("go")+"; do sleep 0.05; done\n")
	g.targets("fine", 4, fleet.Behaviour{})
	p := g.plan(g.hosts(2))
	cfg := g.config()
	cfg.LeaveWorkers = true
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := runner.Apply(ctx, p, cfg); ended <- err }()
	for {
		if ran, _ := os.ReadFile(g.path("ran")); len(ran) == 4*len("ran\n") {
			break
		}
		time.Sleep(glance)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	g.write("go", "")
	s, err := runner.Resume(t.Context(), p, g.config())
	if err != nil || s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 4 {
		t.Errorf("%+v, %v", s, err)
	}
	if ran, _ := os.ReadFile(g.path("ran")); len(ran) != 4*len("ran\n") {
		t.Errorf("something ran twice: %s\n%s", ran, g.told())
	}
}

package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
)

// slowHost adds a worker host that has so many targets in hand at a time.
func (g *ground) slowHost(keys string, jobs int) string {
	return g.other(fmt.Sprintf("TEST_WORKER_JOBS=%d", jobs)).before(keys)
}

// splits gives what was made of chunks of slow workers.
func (g *ground) splits() (all []runner.ChunkSplit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range g.events {
		if split, ok := e.(runner.ChunkSplit); ok {
			all = append(all, split)
		}
	}
	return all
}

// wantEachOnce holds what was merged, and the targets, against the input.
func (g *ground) wantEachOnce() {
	g.t.Helper()
	sorted := func(text string) []string { return slices.Sorted(strings.SplitSeq(strings.TrimSpace(text), "\n")) }
	want := slices.Sorted(slices.Values(g.lines))
	if got := sorted(g.read("final/input")); !slices.Equal(got, want) {
		g.t.Errorf("final/input has %d lines that are not the %d of the input", len(got), len(want))
	}
	if got := sorted(g.read("input/*/x*")); !slices.Equal(got, want) {
		g.t.Errorf("the chunks have %d lines that are not the %d of the input", len(got), len(want))
	}
	if got := sorted(g.read("final/checked")); !slices.Equal(got, want) {
		g.t.Errorf("final/checked has %d lines that are not the %d of the input", len(got), len(want))
	}
	if got := strings.Count(g.read("final/output"), "\n"); got != len(want) {
		g.t.Errorf("%d outputs of %d", got, len(want))
	}
	if hidden, _ := filepath.Glob(g.prefix("input/*/.*")); len(hidden) > 0 {
		g.t.Errorf("left among the chunks: %q", hidden)
	}
}

// ran counts how often each target ran something.
func (g *ground) ran() map[string]int64 {
	ran := make(map[string]int64)
	for _, line := range g.lines {
		name, addr, _ := strings.Cut(line, " ")
		ran[name] = g.fleet.Executions(netip.MustParseAddrPort(addr))
	}
	return ran
}

// TestAStragglersLinesAreSplitAmongTheIdle has one worker host be ten times as
// slow as the other.
func TestAStragglersLinesAreSplitAmongTheIdle(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("web", 120, fleet.Behaviour{Kind: fleet.Canned, Delay: 200 * time.Millisecond, Stdout: []byte("here\n")})
	g.write("post.sh", "#!/bin/sh\nwc -l <\"$1\"/output/input >\"$1\"/hook.saw\n")
	s := g.mustApply(g.slowHost(g.hosts(1), 1) + "jobs: 10\npoll: 1s\nhooks: {post_chunk: post.sh}\n")
	splits := g.splits()
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 120 || len(splits) == 0 {
		t.Fatalf("%+v\n%+v\n%s", s, splits, g.logs())
	}
	first := splits[0]
	if first.Chunk != s.Workers[0].Chunk || first.Freed < 20 || first.Lines+first.Freed != 60 || first.Into[0] != "xac" {
		t.Errorf("%+v", first)
	}
	g.wantEachOnce()
	for name, n := range g.ran() {
		if n != 1 {
			t.Errorf("%s ran %d times", name, n)
		}
	}
	for _, w := range s.Workers {
		if saw := strings.TrimSpace(g.read("*." + w.Chunk + "/hook.saw")); saw != fmt.Sprint(w.Lines) {
			t.Errorf("the hook of %s saw %s lines of %d", w.Chunk, saw, w.Lines)
		}
	}
	t.Logf("%+v in %v", splits, s.Took)
}

// crashed is what a master has left that was ended in the middle: two chunks of
// ten lines each, of which some are done.
type crashed struct {
	*ground
	folder string // of the worker of xaa
	run    string
}

// interrupted begins a run, and ends it when each worker has a result.
func (g *ground) interrupted(p plan.Plan) {
	g.t.Helper()
	ctx, cancel := context.WithCancelCause(g.t.Context())
	enough := errors.New("that was enough")
	go func() {
		for ctx.Err() == nil {
			if done, _ := filepath.Glob(g.prefix("*/output/*/xaa/hosts_ok")); len(done) == 2 {
				cancel(enough)
			}
			time.Sleep(glance)
		}
	}()
	if _, err := g.apply(ctx, p); !errors.Is(err, enough) {
		g.t.Fatalf("%v: want that it was ended", err)
	}
}

// crashEnd is where the worker of xaa is asked to end.
const crashEnd = 6

func (c *crashed) input(name string) string {
	minutes, _ := filepath.Glob(c.prefix("input/*"))
	return filepath.Join(minutes[0], name)
}

// put leaves a file.
func (c *crashed) put(path, text string) {
	c.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// asks leaves what the master has asked for.
func (c *crashed) asks() {
	c.put(filepath.Join(c.folder, job.Limit), string(job.LimitMark{Run: c.run, Chunk: "xaa", Of: 10, End: crashEnd}.Encode()))
}

// answers leaves what the worker has answered.
func (c *crashed) answers() {
	c.asks()
	c.put(filepath.Join(c.folder, job.Progress), string(job.ProgressMark{
		Run: c.run, Chunk: "xaa", Beat: 1000, Lines: 10, Taken: crashEnd, End: crashEnd,
	}.Encode()))
}

// cuts leaves the pieces of a chunk, and the job file that knows them; it gives
// the journal's entry.
func (c *crashed) cuts() string {
	c.t.Helper()
	kept, freed := strings.Join(c.lines[:crashEnd], "\n")+"\n", strings.Join(c.lines[crashEnd:10], "\n")+"\n"
	c.put(c.input(job.Cut+"xaa"), kept)
	c.put(c.input(job.Cut+"xac"), freed)
	data := []byte(c.read(".run-*/job.json"))
	file, err := job.DecodeFile(data, job.Digest(data))
	if err != nil {
		c.t.Fatal(err)
	}
	file.Chunks["xaa"] = job.Chunk{SHA256: job.Digest([]byte(kept)), Lines: crashEnd}
	file.Chunks["xac"] = job.Chunk{SHA256: job.Digest([]byte(freed)), Lines: 10 - crashEnd}
	data, _, err = file.Encode()
	if err != nil {
		c.t.Fatal(err)
	}
	c.put(c.prefix(".run-"+c.run+"/job.2.json"), string(data))
	entry, err := json.Marshal(journal.Entry{
		Kind: journal.KindShrunk, At: time.Now(), Chunk: "xaa", Lines: crashEnd, SHA256: file.Chunks["xaa"].SHA256, Job: 2,
		Into: []journal.Piece{{Chunk: "xac", Lines: 10 - crashEnd, SHA256: file.Chunks["xac"].SHA256}},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return string(entry) + "\n"
}

func (c *crashed) journal(text string) {
	c.put(c.prefix(".run-"+c.run+"/journal"), c.read(".run-*/journal")+text)
}

// TestARunGoesOnWhereverItsMasterWasEndedOverASplit has a master be ended at each
// instant between the question and the new chunks.
func TestARunGoesOnWhereverItsMasterWasEndedOverASplit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		leave  func(*crashed)
		chunks int
	}{
		"it had asked":            {func(c *crashed) { c.asks() }, 3},
		"the worker had answered": {func(c *crashed) { c.answers() }, 3},
		"pieces were made":        {func(c *crashed) { c.answers(); c.cuts() }, 3},
		"half an entry": {func(c *crashed) {
			c.answers()
			entry := c.cuts()
			c.journal(entry[:len(entry)/2])
		}, 3},
		"written down": {func(c *crashed) { c.answers(); c.journal(c.cuts()) }, 3},
		"one in its place": {func(c *crashed) {
			c.answers()
			c.journal(c.cuts())
			if err := os.Rename(c.input(job.Cut+"xac"), c.input("xac")); err != nil {
				c.t.Fatal(err)
			}
		}, 3},
		"a worker that was asked and is forgotten": {func(c *crashed) { c.journal(c.cuts()) }, 3},
		"the chunk was being taken": {func(c *crashed) {
			c.asks()
			if err := os.Rename(c.folder, c.prefix(".taken-1."+filepath.Base(c.folder))); err != nil {
				c.t.Fatal(err)
			}
		}, 3},
		"a question of another run": {func(c *crashed) {
			c.put(filepath.Join(c.folder, job.Limit), `{"run":"other","chunk":"xaa","of":10,"end":6}`)
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.targets("web", 20, fleet.Behaviour{Kind: fleet.Canned, Delay: 60 * time.Millisecond, Stdout: []byte("here\n")})
			p := g.plan("jobs: 1\npoll: 1s\n")
			p.Lease, p.Job.Lease = 4*time.Second, 4*time.Second
			g.interrupted(p)
			folders, _ := filepath.Glob(g.prefix("*.xaa"))
			c.leave(&crashed{ground: g, folder: folders[0], run: p.Layout.Run})
			s, err := runner.Resume(t.Context(), p, g.config())
			if err != nil {
				t.Fatalf("%v\n%s", err, g.logs())
			}
			if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 20 || len(s.Workers) != c.chunks {
				t.Errorf("%+v\n%s", s, g.logs())
			}
			g.wantEachOnce()
			for name, n := range g.ran() {
				if n > 2 {
					t.Errorf("%s ran %d times", name, n)
				}
			}
		})
	}
}

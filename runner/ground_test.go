package runner_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner"
	"scanmaster/runner/chunk"
	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// ground is a scan that is laid out in a folder, with targets that are there.
type ground struct {
	t     testing.TB
	dir   string
	fleet *fleet.Fleet
	lines []string
	now   func() time.Time // the master's clock

	mu     sync.Mutex
	events []runner.Event
}

func lay(t testing.TB) *ground {
	t.Helper()
	g := &ground{t: t, dir: t.TempDir(), now: time.Now}
	key, err := fleet.WriteKey(g.path("key"))
	if err != nil {
		t.Fatal(err)
	}
	if g.fleet, err = fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.fleet.Close(); err != nil {
			t.Error(err)
		}
	})
	g.write("share/here", "")
	g.write("remote.sh", "echo out of $0\n")
	return g
}

func (g *ground) path(name string) string { return filepath.Join(g.dir, name) }

func (g *ground) prefix(name string) string { return filepath.Join(g.dir, "share/chunked/s", name) }

func (g *ground) write(name, text string) {
	g.t.Helper()
	if err := os.MkdirAll(filepath.Dir(g.path(name)), 0o700); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(g.path(name), []byte(text), 0o700); err != nil {
		g.t.Fatal(err)
	}
}

// targets adds targets that behave alike.
func (g *ground) targets(name string, n int, b fleet.Behaviour) {
	g.t.Helper()
	for i := range n {
		addr, err := g.fleet.Add(b)
		if err != nil {
			g.t.Fatal(err)
		}
		g.lines = append(g.lines, fmt.Sprintf("%s%d %s", name, i, addr))
	}
}

// plan compiles the scan that all keys but the usual ones are given of.
func (g *ground) plan(keys string) plan.Plan {
	g.t.Helper()
	if len(g.lines) > 0 {
		g.write("targets.txt", strings.Join(g.lines, "\n")) // without a final newline
	}
	text := "version: 1\nname: s\nremote: remote.sh\ndir: " + g.path("share") +
		"\nchecks: {ping: false}\n" + keys
	if !strings.Contains(keys, "targets:") {
		text += "\ntargets: {identity: " + g.path("key") + "}\n"
	}
	if !strings.Contains(keys, "input:") {
		text += "\ninput: targets.txt\n"
	}
	if !strings.Contains(keys, "hosts:") {
		text += "\nhosts: [local, local]\n"
	}
	g.write("scan.yaml", text)
	scan, problems := spec.Parse(g.path("scan.yaml"), []byte(text))
	if problems.HasErrors() {
		g.t.Fatal(problems)
	}
	p, problems := plan.Compile(scan, g.facts(scan))
	if problems.HasErrors() {
		g.t.Fatal(problems)
	}
	return p
}

func (g *ground) facts(scan *spec.Scan) plan.Facts {
	g.t.Helper()
	now := g.now()
	f := plan.Facts{
		Base: g.dir, Home: g.dir, Files: make(map[string]plan.FileFacts), Hosts: scan.Hosts,
		Run: job.NewRun(now), Min: job.Min(now), Bin: os.Args[0],
	}
	entries, err := os.ReadDir(g.dir)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			f.Files[e.Name()] = plan.FileFacts{}
		}
		if data, err := os.ReadFile(g.path(e.Name())); err == nil {
			sum := sha256.Sum256(data)
			f.Files[e.Name()] = plan.FileFacts{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data)), Executable: true}
		}
	}
	f.Scan = f.Files["scan.yaml"]
	for _, input := range scan.Input {
		if list, err := os.Open(g.path(input)); err == nil {
			counts, err := chunk.Count(list, nil)
			if err != nil {
				g.t.Fatal(err)
			}
			f.Counted, f.Targets = true, f.Targets+counts.Targets
			_ = list.Close()
		}
	}
	return f
}

// Report implements runner.Reporter.
func (g *ground) Report(e runner.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, e)
}

func (g *ground) config() runner.Config {
	return runner.Config{
		Environ: append(os.Environ(), "FROM_MASTER=yes"), Home: g.dir, Reporter: g,
		Every: 100 * time.Millisecond, Now: g.now,
	}
}

func (g *ground) apply(ctx context.Context, p plan.Plan) (runner.Summary, error) {
	return runner.Apply(ctx, p, g.config())
}

// mustApply carries out a scan that nothing stops.
func (g *ground) mustApply(keys string) runner.Summary {
	g.t.Helper()
	s, err := g.apply(g.t.Context(), g.plan(keys))
	if err != nil {
		g.t.Fatalf("%v\n%s", err, g.logs())
	}
	return s
}

// logs is what the workers have said.
func (g *ground) logs() string {
	var all strings.Builder
	files, _ := filepath.Glob(g.prefix(".run-*/log.*"))
	for _, f := range files {
		data, _ := os.ReadFile(f)
		fmt.Fprintf(&all, "%s: %s\n", f, data)
	}
	return all.String()
}

// held makes so many targets, all of which but the first two are held until the
// file "go" is there. There are two because a busy machine may let one wait for
// its retry, which comes after what is held.
func (g *ground) held(n int) {
	g.t.Helper()
	g.targets("first", 2, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("here\n")})
	g.targets("web", n-2, fleet.Behaviour{})
	g.write("remote.sh", "until [ -e "+g.path("go")+" ]; do sleep 0.1; done\necho here\n")
}

// beside has something done beside a run, and ends it with that: what it waits for
// may never come when the run has ended otherwise. It gives the run's end.
func (g *ground) beside(p plan.Plan, do func(ctx context.Context) error) (runner.Summary, error) {
	ctx, over := context.WithCancel(g.t.Context())
	defer over()
	ended := make(chan error, 1)
	go func() { ended <- do(ctx) }()
	s, err := g.apply(g.t.Context(), p)
	over()
	return s, errors.Join(err, <-ended)
}

// awaitLost waits until the run has told that it has lost the worker of a chunk.
func (g *ground) awaitLost(ctx context.Context, chunk string) {
	lost := func(e runner.Event) bool {
		l, ok := e.(runner.WorkerLost)
		return ok && l.Chunk == chunk
	}
	for ctx.Err() == nil {
		g.mu.Lock()
		told := slices.ContainsFunc(g.events, lost)
		g.mu.Unlock()
		if told {
			return
		}
		time.Sleep(glance)
	}
}

// awaitFile waits for a file that has these words in it.
func (g *ground) awaitFile(ctx context.Context, pattern, words string) {
	for ctx.Err() == nil {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			if data, err := os.ReadFile(f); err == nil && strings.Contains(string(data), words) {
				return
			}
		}
		time.Sleep(glance)
	}
}

// awaitEnd waits until a process has ended by itself.
func (g *ground) awaitEnd(ctx context.Context, pid int) {
	for ctx.Err() == nil && syscall.Kill(pid, 0) == nil {
		time.Sleep(glance)
	}
}

// told gives all that the run said, for a test that has failed: its events and
// the logs of its workers.
func (g *ground) told() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all strings.Builder
	for _, e := range g.events {
		if e.Kind() != "progress" {
			fmt.Fprintf(&all, "%s %+v\n", e.Kind(), e)
		}
	}
	return all.String() + g.logs()
}

// read gives a file below PREFIX.
func (g *ground) read(pattern string) string {
	g.t.Helper()
	files, err := filepath.Glob(g.prefix(pattern))
	if err != nil || len(files) == 0 {
		g.t.Fatalf("no file %s: %v", pattern, err)
	}
	var all strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			g.t.Fatal(err)
		}
		all.Write(data)
	}
	return all.String()
}

// kinds lists the events' kinds, in order.
func (g *ground) kinds() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var kinds []string
	for _, e := range g.events {
		if e.Kind() != "progress" {
			kinds = append(kinds, e.Kind())
		}
	}
	return strings.Join(kinds, " ")
}

package runner_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/plan"
)

// unheard is a reporter that nobody listens to.
type unheard struct{}

func (unheard) Report(runner.Event) {}

// asMaster carries out the plan in a file, as a process that can be killed.
func asMaster(path string) {
	var p plan.Plan
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err == nil {
		_, err = runner.Apply(context.Background(), p, runner.Config{
			Environ: os.Environ(), Home: filepath.Dir(path), Reporter: unheard{}, Every: time.Minute, Now: time.Now,
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// master is a master that is a process; it is killed with the test.
type master struct{ cmd *exec.Cmd }

func (g *ground) master(p plan.Plan) *master {
	g.t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		g.t.Fatal(err)
	}
	g.write("plan.json", string(data))
	m := &master{exec.CommandContext(g.t.Context(), os.Args[0], "master", g.path("plan.json"))}
	m.cmd.Stderr = os.Stderr
	if err := m.cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	return m
}

// kill kills it, as kill -9 does.
func (m *master) kill(t *testing.T) {
	t.Helper()
	if err := m.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = m.cmd.Wait() // it was killed
}

// await waits until something holds, or the test's context ends.
func (g *ground) await(what string, holds func() bool) {
	g.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-g.t.Context().Done():
			g.t.Fatalf("it never came to %s\n%s", what, g.logs())
		}
	}
}

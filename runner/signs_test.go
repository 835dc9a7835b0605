package runner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// signLease is how long masters of these tests may give no sign.
const signLease = 6 * time.Second

// held is a scan of twelve targets whose scripts run until they are let, four at
// a time.
func held(g *ground, hosts, word string) plan.Plan {
	g.write("remote.sh", "until test -e "+g.path("go")+"; do sleep 0.05; done\necho $0\n")
	g.targets("fine", 12, fleet.Behaviour{})
	p := g.plan(hosts + "\njobs: 2\non_master_lost: " + word + "\n")
	if p.Job.MasterLease > 0 {
		p.Job.MasterLease = signLease
	}
	return p
}

// begunScripts counts the scripts that were begun, at their targets.
func (g *ground) begunScripts() (n int64) {
	for _, times := range g.ran() {
		n += times
	}
	return n
}

// eachLog tells whether something holds for the logs of two workers.
func (g *ground) eachLog(holds func(log string) bool) bool {
	files, _ := filepath.Glob(g.prefix(".run-*/log.*"))
	n := 0
	for _, f := range files {
		if log, err := os.ReadFile(f); err == nil && holds(string(log)) {
			n++
		}
	}
	return n == 2
}

// isAlone tells whether a worker does not see its master.
func isAlone(log string) bool {
	return strings.Count(log, "until it does") == strings.Count(log, "gives signs again")+1
}

func (g *ground) dones() int {
	found, _ := filepath.Glob(g.prefix("*/" + job.Done))
	return len(found)
}

// wantAllOnce holds what came of a held scan against its input.
func (g *ground) wantAllOnce(s runner.Summary, err error) {
	g.t.Helper()
	if err != nil || s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 12 {
		g.t.Errorf("%+v, %v\n%s", s, err, g.logs())
	}
	ok := g.read("final/ok")
	for target, ran := range g.ran() {
		if n := strings.Count(ok, target+","); n != 1 || ran != 1 {
			g.t.Errorf("%s is in the results %d times, and the script ran there %d times", target, n, ran)
		}
	}
}

// places are where workers may be; at gives the keys of a scan file.
var places = []string{"here", "on hosts"}

func (g *ground) at(place string) string {
	if place == "here" {
		return "hosts: [local, local]"
	}
	return g.hosts(2)
}

// TestWorkersStopWhereTheirMasterIsKilled counts what they begin without it.
func TestWorkersStopWhereTheirMasterIsKilled(t *testing.T) {
	t.Parallel()
	for _, place := range places {
		t.Run(place, func(t *testing.T) {
			g := lay(t)
			p := held(g, g.at(place), "stop")
			m := g.master(p)
			g.await("four scripts", func() bool { return g.begunScripts() == 4 })
			m.kill(t)
			g.await("workers that are alone", func() bool { return g.eachLog(isAlone) })
			g.write("go", "")
			g.await("their end", func() bool {
				return g.eachLog(func(log string) bool { return strings.Contains(log, "scanmaster resume s goes on") })
			})
			if n := g.begunScripts(); n != 4 || g.dones() > 0 {
				t.Errorf("%d scripts were begun, and %d chunks are done\n%s", n, g.dones(), g.logs())
			}
			g.wantAllOnce(runner.Resume(t.Context(), p, g.config()))
		})
	}
}

func TestWorkersGoOnWhereTheirMasterIsKilled(t *testing.T) {
	t.Parallel()
	for _, place := range places {
		t.Run(place, func(t *testing.T) {
			g := lay(t)
			p := held(g, g.at(place), "continue")
			m := g.master(p)
			g.await("four scripts", func() bool { return g.begunScripts() == 4 })
			m.kill(t)
			g.write("go", "")
			g.await("the end of both chunks", func() bool { return g.dones() == 2 })
			if _, err := os.Stat(filepath.Join(p.Layout.RunDir(), job.MasterBeat)); err == nil {
				t.Error("there are signs that nobody looks for")
			}
			g.wantAllOnce(runner.Resume(t.Context(), p, g.config()))
		})
	}
}

// outcome is what came of a run.
type outcome struct {
	runner.Summary
	err error
}

// beats reads the master's sign.
func beats(p plan.Plan) (beat int, sign string) {
	data, _ := os.ReadFile(filepath.Join(p.Layout.RunDir(), job.MasterBeat))
	_, _ = fmt.Sscan(string(data), &beat)
	return beat, string(data)
}

// TestWorkersGoOnForTheNextMaster has it come before they stop, and stay for
// longer than they would have gone on without.
func TestWorkersGoOnForTheNextMaster(t *testing.T) {
	t.Parallel()
	g := lay(t)
	p := held(g, g.hosts(2), "stop")
	m := g.master(p)
	g.await("four scripts", func() bool { return g.begunScripts() == 4 })
	m.kill(t)
	_, last := beats(p)
	ended := make(chan outcome, 1)
	go func() {
		s, err := runner.Resume(t.Context(), p, g.config())
		ended <- outcome{s, err}
	}()
	g.await("a lease and a half", func() bool {
		beat, sign := beats(p)
		return sign != last && beat >= 30
	})
	g.write("go", "")
	e := <-ended
	g.wantAllOnce(e.Summary, e.err)
	if kinds := g.kinds(); strings.Contains(kinds, "worker_lost") {
		t.Errorf("%s\n%s", kinds, g.logs())
	}
}

// TestAMasterThatCantGiveSignsSaysSo has a folder in the place of the file.
func TestAMasterThatCantGiveSignsSaysSo(t *testing.T) {
	g := lay(t)
	p := held(g, "hosts: [local, local]", "stop")
	p.Job.MasterLease = time.Minute
	ended := make(chan outcome, 1)
	go func() {
		s, err := g.apply(t.Context(), p)
		ended <- outcome{s, err}
	}()
	g.await("four scripts", func() bool { return g.begunScripts() == 4 })
	path := filepath.Join(p.Layout.RunDir(), job.MasterBeat)
	g.await("a folder", func() bool { return os.Rename(path, path+".old") == nil && os.Mkdir(path, 0o700) == nil })
	g.await("a warning", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, e := range g.events {
			if w, ok := e.(runner.Warning); ok && strings.Contains(w.Text, "can't be told that their master lives") {
				return true
			}
		}
		return false
	})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	g.write("go", "")
	e := <-ended
	g.wantAllOnce(e.Summary, e.err)
}

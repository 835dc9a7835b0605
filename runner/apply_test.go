package runner_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/hook"
	"scanmaster/runner/job"
	"scanmaster/runner/lock"
	"scanmaster/runner/share"
)

func TestAScanSortsEveryTarget(t *testing.T) {
	g := lay(t)
	g.targets("fine", 5, fleet.Behaviour{})
	g.targets("bad", 2, fleet.Behaviour{Kind: fleet.Canned, Status: 3})
	g.targets("closed", 1, fleet.Behaviour{Kind: fleet.Closed})
	g.targets("denied", 1, fleet.Behaviour{Kind: fleet.RefusesKeys})
	s := g.mustApply("")
	want := map[string]int64{"ok": 5, "exit_3": 2, "nosshd": 1, "nossh": 1}
	if !maps.Equal(s.Tally.Counts, want) {
		t.Errorf("%v, want %v", s.Tally.Counts, want)
	}
	if s.Verdict != runner.Complete || s.Targets != 9 || s.Missing != 0 || len(s.Workers) != 2 {
		t.Errorf("%+v", s)
	}
	if s.Workers[0].Lines != 5 || s.Workers[1].Lines != 4 {
		t.Errorf("dealt out as %d and %d", s.Workers[0].Lines, s.Workers[1].Lines)
	}
	if got := strings.Count(g.read("final/output"), "out of"); got != 5 {
		t.Errorf("%d outputs in final/output, want 5", got)
	}
	if got := g.read(".whosts"); got != "local\nlocal\n" {
		t.Errorf(".whosts: %q", got)
	}
	g.read("started")
	g.read("ended")
	if kinds := g.kinds(); !strings.HasSuffix(kinds, "step_started step_done finished") || strings.Count(kinds, "worker_done") != 2 {
		t.Errorf("events: %s", kinds)
	}
}

func TestFewerTargetsThanWorkersUseFewerWorkers(t *testing.T) {
	g := lay(t)
	g.targets("fine", 2, fleet.Behaviour{Kind: fleet.Canned})
	if s := g.mustApply("hosts: [local, local, local, local]"); len(s.Workers) != 2 {
		t.Errorf("%d workers for 2 targets", len(s.Workers))
	}
}

func TestHooksGetWhatTheClassicSuiteGivesThem(t *testing.T) {
	g := lay(t)
	g.targets("fine", 2, fleet.Behaviour{Kind: fleet.Canned})
	g.write("pre.sh", "#!/bin/sh\necho \"$# $1 $FROM_MASTER\" >"+g.path("pre.out")+"\n")
	g.write("post.sh", "#!/bin/sh\necho \"$# $1 $PWD $FROM_SCAN\" >post.out\n")
	g.write("agg.sh", "#!/bin/sh\necho \"$# $*\"; pwd; ls; mkdir ../../final; exit 0\n")
	s := g.mustApply("hooks: {pre: pre.sh, post_chunk: post.sh, aggregate: agg.sh}\nSCAN_ENV: {FROM_SCAN: a b}\nhosts: [local]")
	if got, _ := os.ReadFile(g.path("pre.out")); string(got) != "1 s yes\n" {
		t.Errorf("pre: %q", got)
	}
	folders, _ := filepath.Glob(g.prefix("*.xaa"))
	if want := "1 " + folders[0] + " " + folders[0] + " a b\n"; g.read("*.xaa/post.out") != want {
		t.Errorf("post-chunk: %q, want %q", g.read("*.xaa/post.out"), want)
	}
	var lines []string
	for _, e := range g.events {
		if out, ok := e.(runner.HookOutput); ok && out.Hook == "aggregate" {
			lines = append(lines, out.Line)
		}
	}
	minutes, _ := filepath.Glob(g.prefix("input/*"))
	want := []string{"3 s " + g.path("targets.txt") + " " + g.prefix("started"), minutes[0], "xaa"}
	if strings.Join(lines, "|") != strings.Join(want, "|") {
		t.Errorf("aggregate: %q, want %q", lines, want)
	}
	if s.Results != g.prefix("") && s.Results != strings.TrimSuffix(g.prefix("x"), "/x") {
		t.Errorf("results in %s", s.Results)
	}
}

func TestAFailedPreHookStopsTheScanBeforeAnythingIsTouched(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	g.mustApply("")
	g.write("pre.sh", "#!/bin/sh\necho no\nexit 4\n")
	before := g.read("started")
	_, err := g.apply(t.Context(), g.plan("hooks: {pre: pre.sh}"))
	if failed := new(hook.Error); !errors.As(err, &failed) || failed.Status != 4 || failed.Tail != "no\n" {
		t.Errorf("%v: want a *hook.Error with status 4 and what it said", err)
	}
	if g.read("started") != before || g.read("final/ok") == "" {
		t.Error("the earlier scan was touched")
	}
}

func TestAFailedPostChunkHookKeepsTheChunkAndStopsTheAggregator(t *testing.T) {
	g := lay(t)
	g.targets("fine", 4, fleet.Behaviour{Kind: fleet.Canned})
	g.write("post.sh", "#!/bin/sh\ncase $1 in *.xaa) echo broken; exit 9;; esac\n")
	g.write("agg.sh", "#!/bin/sh\ntouch "+g.path("aggregated")+"\n")
	s := g.mustApply("hooks: {post_chunk: post.sh, aggregate: agg.sh}")
	if s.Verdict != runner.HookError || len(s.FailedHooks) != 1 || s.FailedHooks[0].Tail != "broken\n" {
		t.Errorf("%+v", s)
	}
	if s.Tally.Total() != 4 {
		t.Errorf("%d outcomes of 4", s.Tally.Total())
	}
	g.read("*.xaa/.done")
	if _, err := os.Stat(g.path("aggregated")); err == nil {
		t.Error("the aggregator ran")
	}
}

func TestAFailedAggregatorIsAResult(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	g.write("agg.sh", "#!/bin/sh\necho partly >&2\nexit 2\n")
	s := g.mustApply("hooks: {aggregate: agg.sh}")
	if s.Verdict != runner.HookError || s.FailedHooks[0].Tail != "partly\n" {
		t.Errorf("%+v", s)
	}
}

func TestEarlierRunsAreKeptAndHistoryIsLeftAlone(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	g.write("share/chunked/s/.old/2020/kept", "history")
	g.write("share/chunked/s/.mine", "kept")
	first := g.mustApply("keep: 1")
	second := g.mustApply("keep: 1")
	g.read(".old/run-" + first.Run + "/final/ok")
	g.mustApply("keep: 1")
	if olds, _ := filepath.Glob(g.prefix(".old/run-*")); len(olds) != 1 || olds[0] != g.prefix(".old/run-"+second.Run) {
		t.Errorf("kept: %v, want that of %s", olds, second.Run)
	}
	if g.read(".old/2020/kept") != "history" || g.read(".mine") != "kept" {
		t.Error("what isn't ours was touched")
	}
}

func TestALostWorkerIsNamedAndItsLinesAreMissing(t *testing.T) {
	g := lay(t)
	g.targets("fine", 2, fleet.Behaviour{Kind: fleet.Canned})
	g.targets("stuck", 2, fleet.Behaviour{Kind: fleet.NeverEnds})
	p := g.plan("jobs: 1\ntimeouts: {run: 1h}\non_worker_lost: fail")
	killed := make(chan error, 1)
	go func() { killed <- killWorker(t.Context(), g, ".xab") }()
	s, err := g.apply(t.Context(), p)
	if err := errors.Join(err, <-killed); err != nil {
		t.Fatal(err)
	}
	if s.Verdict != runner.Incomplete || s.Missing != 2 || !strings.Contains(s.Workers[1].Lost, "killed") {
		t.Errorf("%+v", s)
	}
	if got := g.read(".run-*/missing"); got != strings.Join(g.lines[2:], "\n")+"\n" {
		t.Errorf("missing: %q", got)
	}
	if got := g.read("final/unsorted"); strings.Count(got, "stuck") != 2 {
		t.Errorf("final/unsorted: %q", got)
	}
}

// killWorker kills the worker of a chunk once it has a target in hand.
func killWorker(ctx context.Context, g *ground, suffix string) error {
	for ctx.Err() == nil {
		if records, _ := filepath.Glob(g.prefix("*" + suffix + "/output/*/xaa/hosts_checked")); len(records) == 1 {
			return killProcess(suffix, g.dir)
		}
		time.Sleep(glance)
	}
	return ctx.Err()
}

// killProcess kills a worker.
func killProcess(suffix, dir string) error {
	pid, err := findProcess(suffix, dir)
	if err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.SIGKILL)
}

// findProcess finds a worker by its command line.
func findProcess(suffix, dir string) (int, error) {
	commands, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range commands {
		line, _ := os.ReadFile(file)
		text := string(line)
		if strings.Contains(text, "\x00-A\x00") && strings.Contains(text, dir) && strings.Contains(text, "/x"+suffix[2:]+"\x00") {
			return atoi(strings.Split(file, "/")[2]), nil
		}
	}
	return 0, errors.New("no such worker")
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestAScanThatNoWorkerStartsForSaysWhy(t *testing.T) {
	g := lay(t)
	g.targets("fine", 2, fleet.Behaviour{Kind: fleet.Canned})
	for hosts, keys := range map[string]string{"here": "", "there": g.hosts(1)} {
		_, err := g.apply(t.Context(), g.plan(keys+"SCAN_ENV: {TEST_WORKER_FAILS: 1}"))
		// In one line, without the name that begins each of the worker's.
		if err == nil || !strings.Contains(err.Error(), ": told to fail; in two lines") || strings.Contains(err.Error(), job.Program) {
			t.Errorf("%s: %v: want the worker's own words", hosts, err)
		}
	}
}

func TestTheEndOfTheContextLeavesNoWorker(t *testing.T) {
	g := lay(t)
	g.targets("stuck", 3, fleet.Behaviour{Kind: fleet.NeverEnds})
	p := g.plan("timeouts: {run: 1h}")
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("that was enough")
	go func() {
		for {
			if started, _ := filepath.Glob(g.prefix("*/.slave")); len(started) == 2 {
				cancel(why)
				return
			}
			time.Sleep(glance)
		}
	}()
	if _, err := g.apply(ctx, p); !errors.Is(err, why) {
		t.Errorf("%v: want the cause", err)
	}
	for _, suffix := range []string{".xaa", ".xab"} {
		if killProcess(suffix, g.dir) == nil {
			t.Errorf("the worker of %s was still there", suffix)
		}
	}
	if done, _ := filepath.Glob(g.prefix("*/.done")); len(done) > 0 {
		t.Errorf("there is %v", done)
	}
}

func TestTwoMastersOfOneNameDontMix(t *testing.T) {
	g := lay(t)
	g.targets("stuck", 1, fleet.Behaviour{Kind: fleet.NeverEnds})
	first := g.plan("timeouts: {run: 1h}")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := g.apply(ctx, first); ended <- err }()
	for {
		if started, _ := filepath.Glob(g.prefix("*/.slave")); len(started) == 1 {
			break
		}
		time.Sleep(glance)
	}
	before := g.read("started")
	_, err := g.apply(t.Context(), g.plan(""))
	if held := new(lock.HeldError); !errors.As(err, &held) || held.Owner.Run != first.Layout.Run {
		t.Errorf("%v: want the owner's name", err)
	}
	if g.read("started") != before {
		t.Error("the running scan was touched")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestALinkInTheWayIsRefused(t *testing.T) {
	for _, at := range []string{"share/chunked", "share/chunked/s"} {
		t.Run(filepath.Base(at), func(t *testing.T) {
			g := lay(t)
			g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
			g.write("elsewhere/precious", "mine")
			if err := os.MkdirAll(filepath.Dir(g.path(at)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(g.path("elsewhere"), g.path(at)); err != nil {
				t.Fatal(err)
			}
			if _, err := g.apply(t.Context(), g.plan("")); !errors.Is(err, share.ErrLink) {
				t.Errorf("%v: want ErrLink", err)
			}
			if left, _ := os.ReadDir(g.path("elsewhere")); len(left) != 1 {
				t.Errorf("something was written through the link: %v", left)
			}
		})
	}
}

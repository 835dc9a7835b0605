package runner_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

func TestAScanThatCantRunLeavesTheEarlierOne(t *testing.T) {
	for name, keys := range map[string]string{
		"no identity":              "SCAN_ENV: {SSHOPTS: -i nix}",
		"an identity that is none": "SCAN_ENV: {SSHOPTS: -i /dev/zero}",
		"no TMPDIR":                "SCAN_ENV: {TMPDIR: /nix}",
		"no key at all":            "targets: {user: nobody}\nSCAN_ENV: {HOME: /nix, SSH_AUTH_SOCK: /nix}",
	} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
			g.mustApply("")
			before := g.read("started")
			if _, err := g.apply(t.Context(), g.plan(keys)); err == nil || !strings.Contains(err.Error(), "probe: ") {
				t.Errorf("%v: want the probe's word", err)
			}
			if g.read("started") != before || g.read("final/ok") == "" {
				t.Error("the earlier scan was touched")
			}
		})
	}
}

func TestARunThatNoWorkerBeganTakesNobodysPlace(t *testing.T) {
	g := lay(t)
	g.targets("fine", 2, fleet.Behaviour{Kind: fleet.Canned})
	good := g.mustApply("keep: 1")
	for range 3 {
		if _, err := g.apply(t.Context(), g.plan("keep: 1\nSCAN_ENV: {TEST_WORKER_FAILS: 1}")); err == nil {
			t.Fatal("the worker did not fail")
		}
	}
	if olds, _ := filepath.Glob(g.prefix(".old/run-*")); len(olds) != 1 || olds[0] != g.prefix(".old/run-"+good.Run) {
		t.Errorf("kept: %v, want that of %s", olds, good.Run)
	}
}

func TestWorkersThatHaveLostTheirMasterAreNotRunBeside(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	first := g.mustApply("hosts: [local]")
	log, err := os.Open(g.prefix(".run-" + first.Run + "/log.xaa"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(log.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		t.Fatalf("the worker is gone, and its lock is not: %v", err)
	}
	before := g.read("started")
	_, err = g.apply(t.Context(), g.plan(""))
	if err == nil || !strings.Contains(err.Error(), first.Run) || !strings.Contains(err.Error(), "xaa") ||
		!strings.Contains(err.Error(), "scanmaster cancel s --dir "+g.path("share")) {
		t.Errorf("%v: want the run, the chunk, and what ends it", err)
	}
	if g.read("started") != before {
		t.Error("the earlier scan was touched")
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	g.mustApply("")
}

func TestAWorkerHoldsTheLockOfItsLog(t *testing.T) {
	g := lay(t)
	g.targets("stuck", 1, fleet.Behaviour{Kind: fleet.NeverEnds})
	p := g.plan("hosts: [local]\ntimeouts: {run: 1h}")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := g.apply(ctx, p); ended <- err }()
	for {
		if started, _ := filepath.Glob(g.prefix("*/.slave")); len(started) == 1 {
			break
		}
		time.Sleep(glance)
	}
	log, err := os.Open(p.Layout.Log("xaa"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := syscall.Flock(int(log.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
		t.Errorf("%v: want that it is locked", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAPreHookMayMakeTheFolderAnew(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	g.mustApply("")
	g.write("pre.sh", "#!/bin/sh\nrm -r "+g.path("share/chunked")+"\n")
	g.mustApply("hooks: {pre: pre.sh}")
}

func TestAHookMayWriteAnything(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	g.write("agg.sh", "#!/bin/sh\nyes | head -c 20000\nprintf %6000s end\n")
	g.mustApply("hooks: {aggregate: agg.sh}")
	var out []string
	for _, e := range g.events {
		if e, ok := e.(runner.HookOutput); ok {
			out = append(out, e.Line)
		}
	}
	if want := strings.Repeat("y\n", 10000) + strings.Repeat(" ", 4096) + "\n" + strings.Repeat(" ", 6000-4096-3) + "end"; strings.Join(out, "\n") != want {
		t.Errorf("%d lines came", len(out))
	}
}

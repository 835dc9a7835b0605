package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The parts of a measurement are processes of this binary.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && parts[os.Args[1]] != nil {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestMedianAndRatio(t *testing.T) {
	for want, values := range map[float64][]float64{2: {3, 1, 2}, 2.5: {4, 1, 2, 3}, 7: {7}} {
		if got := median(values); got != want {
			t.Errorf("%v: %v, want %v", values, got, want)
		}
	}
	of := []took{{wall: 2 * time.Second}, {wall: 9 * time.Second}, {wall: 4 * time.Second}}
	to := []took{{wall: time.Second}, {wall: 3 * time.Second}, {wall: time.Second}}
	if got := ratio(of, to, func(t took) float64 { return t.wall.Seconds() }); math.Abs(got-3) > 1e-9 {
		t.Errorf("%v, want the middle one of 2, 3 and 4", got)
	}
}

// TestAllContendersReachAllTargets has each bring its script to a few targets;
// what they have reached is counted by the check of each.
func TestAllContendersReachAllTargets(t *testing.T) {
	const targets = 30
	g := someGround(t, 2)
	o := options{targets: targets, jobs: 7, pairs: 2, kex: "curve25519-sha256"}
	list, err := g.list("targets.txt", targets)
	if err != nil {
		t.Fatal(err)
	}
	all := []contender{g.floor(o, list), g.worker(o, list, targets), g.apply(o, list, 3, targets)}
	var said []string
	runs, err := contest(t.Context(), all, o.pairs, func(line string) { said = append(said, line) })
	if err != nil {
		t.Fatal(err)
	}
	if len(said) != 6 || !strings.HasPrefix(said[3], "2 of 2: scanslave took") {
		t.Errorf("progress: %q", said)
	}
	for i, c := range all {
		for _, run := range runs[i] {
			if run.wall <= 0 || run.cpu <= 0 || run.peak < 1<<20 {
				t.Errorf("%s: %+v", c.name, run)
			}
		}
	}
	var out strings.Builder
	if err := table(&out, all, runs, targets); err != nil || strings.Count(out.String(), "\n") != 4 {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// TestWhoReachesTooFewIsNoContender has targets in the list that don't answer.
func TestWhoReachesTooFewIsNoContender(t *testing.T) {
	g := someGround(t, 2)
	o := options{jobs: 3}
	list, err := g.list("targets.txt", 3, "closed 127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []contender{g.floor(o, list), g.worker(o, list, 4)} {
		if _, err := c.run(t.Context()); err == nil {
			t.Errorf("%s is content", c.name)
		}
	}
	failing := contender{"false", func(ctx context.Context) (*exec.Cmd, func() error, error) {
		return exec.CommandContext(ctx, "false"), nil, nil
	}}
	if _, err := failing.run(t.Context()); !errors.As(err, new(*exec.ExitError)) {
		t.Errorf("got %v", err)
	}
}

func someGround(t *testing.T, filtered int) *ground {
	t.Helper()
	g, err := newGround(t.Context(), filtered)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.close(); err != nil {
			t.Error(err)
		}
	})
	if len(g.filtered) != filtered {
		t.Fatalf("%q don't answer", g.filtered)
	}
	return g
}

// TestSmallMeasurements has each of them measure something small; what fails on
// the way is an error.
func TestSmallMeasurements(t *testing.T) {
	for verb, most := range map[string]string{"split": "200", "wait": "8", "start": "20"} {
		t.Run(verb, func(t *testing.T) {
			if err := run(t.Context(), []string{"-targets", most, "-pairs", "1", verb}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsAskedForMustBeKnown(t *testing.T) {
	for _, args := range [][]string{nil, {"nothing"}, {"-pairs", "x"}, {"throughput", "peers"}} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

func TestResultsAreCounted(t *testing.T) {
	dir := t.TempDir()
	for n := range 3 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d", n)), []byte("a\nb\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := want(dir, "f*", 6); err != nil {
		t.Error(err)
	}
	if err := want(dir, "f*", 5); err == nil {
		t.Error("6 lines are 5")
	}
}

func TestEachOfAMillionTargetsHasAnAddressOfItsOwn(t *testing.T) {
	seen := make(map[netip.Addr]bool)
	for n := range 1_000_000 {
		at, err := netip.ParseAddr(address(liveNet, n))
		if err != nil {
			t.Fatal(err)
		}
		if last := at.As4()[3]; seen[at] || last == 0 || last == 255 || string(behaviour(at).Stdout) != "this is "+at.String()+"\n" {
			t.Fatalf("%d is at %v", n, at)
		}
		seen[at] = true
	}
}

//go:build e2e

package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"scanmaster/runner/job"
)

// TestRealHostsThatComeBack has one worker host start anew, which ends its
// worker, and the sshd of another, which ends no more than connections.
func TestRealHostsThatComeBack(t *testing.T) {
	f := newFarm(t)
	workers := f.workers(t, 3)
	h := f.hold(t)
	f.trust(t, workers...)
	inFlight := h.working(t)
	scan := h.soon(t, f.scan(t, listed(h.targets), f.hosts(workers...), ""))
	cmd, log := f.start(t, "apply", scan), filepath.Join(f.notes, "log")
	h.awaitBegun(t, inFlight...)
	workers[0].PowerOff(t)
	workers[0].PowerOn(t)
	workers[1].RestartServer(t)
	workers[1].HangUp(t)
	awaitSaid(t, log, workers[0].Addr+" is lost with xaa", workers[0].Addr+" works on xaa")
	h.letGo(t)
	ends(t, cmd, log, exitComplete)
	h.wantOnce(t, 3, inFlight[0])
	if said := read(t, log); strings.Contains(said, "lost with xab") || strings.Contains(said, "lost with xac") {
		t.Errorf("others are lost, too:\n%s", said)
	}
	wantQuiet(t, workers...)
}

// TestRealHostsWhoseTargetsAreCut has a target lose all packets in the middle of
// its script: the deadline ends it, and holds up nobody.
func TestRealHostsWhoseTargetsAreCut(t *testing.T) {
	f := newFarm(t)
	workers := f.workers(t, 1)
	h := f.hold(t)
	f.trust(t, workers...)
	h.letGo(t, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	cmd, log := f.start(t, "apply", f.scan(t, listed(h.targets), f.hosts(workers...), "")), filepath.Join(f.notes, "log")
	h.awaitBegun(t, 1)
	h.targets[0].Cut(t)
	ends(t, cmd, log, exitComplete)
	out := filepath.Join(f.prefix("audit"), "final")
	if got, want := read(t, filepath.Join(out, "nossh")), listed(h.targets[:1]); got != want {
		t.Errorf("without an answer are %q, want %q", got, want)
	}
	if got := len(sortedLines(read(t, filepath.Join(out, "ok")))); got != heldTargets-1 {
		t.Errorf("%d targets are ok", got)
	}
	why := regexp.MustCompile(`"host":"target1".*"class":"nossh".*"reason":"timeout"`)
	if record := gathered(t, filepath.Join(f.prefix("audit"), "[0-9]*", job.Record)); !why.MatchString(record) {
		t.Errorf("the record does not say why:\n%s", record)
	}
	wantQuiet(t, workers...)
}

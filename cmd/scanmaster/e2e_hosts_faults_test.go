//go:build e2e

package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"scanmaster/cmd/internal/ground"
)

// TestRealHostsWhereSomethingIsKilled has the session of one worker quit, the
// process of another killed, and all connections to the host of a third: the
// first two are replaced, and the third isn't.
func TestRealHostsWhereSomethingIsKilled(t *testing.T) {
	f := newFarm(t)
	workers := f.workers(t, 3)
	h := f.hold(t)
	f.trust(t, workers...)
	h.letGo(t, 1, 3, 5)
	scan := h.soon(t, f.scan(t, listed(h.targets), f.hosts(workers...), "chunks: 2\n"))
	cmd, log := f.start(t, "apply", scan), filepath.Join(f.notes, "log")
	h.awaitBegun(t, 2, 4, 6)

	workers[0].Do(t, `screen -S "$(screen -ls | grep -o '[0-9]*\.[^[:space:]]*' | head -n 1)" -X quit`)
	workers[1].Do(t, "pkill -KILL -f '[s]canmaster worker -A'")
	workers[2].Do(t, "pkill -KILL -f '^sshd: root'")
	awaitSaid(t, log, "is lost with xaa", "is lost with xab")
	h.letGo(t)
	ends(t, cmd, log, exitComplete)
	h.wantOnce(t, 6, 2, 4)
	for _, chunk := range []string{"xac", "xad", "xae", "xaf"} {
		if strings.Contains(read(t, log), "lost with "+chunk) {
			t.Errorf("the worker of %s counts as lost:\n%s", chunk, read(t, log))
		}
	}
	wantQuiet(t, workers...)
}

// stillWorking is what a master says that takes up three workers.
var stillWorking = []string{"still works on xaa", "still works on xab", "still works on xac"}

// TestRealHostsWhoseMastersAreStoppedAndKilled has a second machine go on with a
// run whose master is stopped for longer than its lease, and this one when that
// one's is killed: nobody who works is disturbed, by the late master neither.
func TestRealHostsWhoseMastersAreStoppedAndKilled(t *testing.T) {
	f := newFarm(t)
	workers, desk := f.workers(t, 3), &ground.Machine{Name: "desk"}
	f.lan.Add(t, desk)
	h := f.hold(t)
	f.trust(t, workers...)
	inFlight := h.working(t)
	scan := h.soon(t, f.scan(t, listed(h.targets), f.hosts(workers...), ""))
	first, log := f.start(t, "apply", scan), filepath.Join(f.notes, "log")
	h.awaitBegun(t, inFlight...)
	kill(t, first.Process.Pid, syscall.SIGSTOP)
	second, said := f.startOn(t, desk, "resume", scan)
	awaitSaid(t, said, stillWorking...)
	kill(t, first.Process.Pid, syscall.SIGCONT)
	ends(t, first, log, exitNotDone)
	if text := read(t, log); !strings.Contains(text, "root on desk") || !strings.Contains(text, "its workers go on") {
		t.Errorf("the first master does not say who goes on:\n%s", text)
	}
	desk.Do(t, "pkill -KILL -x scanmaster")
	_ = second.Wait() // it was killed

	third := f.start(t, "resume", scan)
	awaitSaid(t, log, stillWorking...)
	h.letGo(t)
	ends(t, third, log, exitComplete)
	h.wantOnce(t, 3)
	wantQuiet(t, workers...)
}

// TestRealHostsWhoseScanIsCancelled has another machine cancel the scan, and go
// on with it later.
func TestRealHostsWhoseScanIsCancelled(t *testing.T) {
	f := newFarm(t)
	workers, desk := f.workers(t, 3), &ground.Machine{Name: "desk"}
	f.lan.Add(t, desk)
	h := f.hold(t)
	f.trust(t, workers...)
	inFlight := h.working(t)
	scan := h.soon(t, f.scan(t, listed(h.targets), f.hosts(workers...), ""))
	master, log := f.start(t, "apply", scan), filepath.Join(f.notes, "log")
	h.awaitBegun(t, inFlight...)

	cmd, said := f.startOn(t, desk, "cancel", scan)
	ends(t, cmd, said, exitComplete)
	wantQuiet(t, workers...)
	ends(t, master, log, exitNotDone)
	if text := read(t, log); !strings.Contains(text, "cancelled by root on desk") {
		t.Errorf("the master does not say who has cancelled it:\n%s", text)
	}
	h.letGo(t)
	cmd, said = f.startOn(t, desk, "resume", scan)
	ends(t, cmd, said, exitComplete)
	h.wantOnce(t, 3, inFlight...)
	wantQuiet(t, workers...)
}

// TestRealHostsOverASlowShareWhoseMasterIsKilled has another machine go on with
// the run, and then one worker host lose the share.
func TestRealHostsOverASlowShareWhoseMasterIsKilled(t *testing.T) {
	f := newFar(t)
	desk := &ground.Machine{Name: "desk"}
	f.lan.Add(t, desk)
	f.nas.Share(t, "export", desk)
	h := f.hold(t)
	inFlight := h.working(t)
	scan := h.soon(t, f.scan(t, listed(h.targets), ""))
	first, _ := f.apply(t, scan)
	h.awaitBegun(t, inFlight...)
	f.master.Do(t, "pkill -KILL -x scanmaster")
	_ = first.Wait() // it was killed

	cmd, log := f.startOn(t, desk, "resume", scan)
	awaitSaid(t, log, stillWorking...)
	f.workers[0].Do(t, "pkill -KILL -x sshfs")
	h.letGo(t)
	ends(t, cmd, log, exitComplete)
	h.wantOnce(t, 3, inFlight[0])
	wantQuiet(t, f.workers...)
	why := regexp.QuoteMeta(f.workers[0].Addr) + " is lost with xaa, which another goes on with: .*" +
		regexp.QuoteMeta(filepath.Join(f.at, "chunked", "audit")+" isn't there on that host: mount the shared folder again")
	if said := read(t, log); !regexp.MustCompile(why).MatchString(said) {
		t.Errorf("it does not say why the worker is lost:\n%s", said)
	}
}

// TestRealHostsThatAreLost has one worker host lose its power for good, and
// another one its link for longer than its lease: the third does their work,
// and the worker that comes back late finds its chunk taken.
func TestRealHostsThatAreLost(t *testing.T) {
	f := newFar(t)
	h := f.hold(t)
	inFlight := h.working(t)
	scan := h.soon(t, f.scan(t, listed(h.targets), ""))
	cmd, log := f.apply(t, scan)
	h.awaitBegun(t, inFlight...)
	f.workers[0].PowerOff(t)
	late := f.workers[1]
	late.Cut(t)
	awaitSaid(t, log, "xaa was taken", "xab was taken")
	late.Heal(t)
	h.letGo(t)
	ends(t, cmd, log, exitComplete)
	wantQuiet(t, late, f.workers[2])
	if said := gathered(t, filepath.Join(f.prefix("audit"), ".run-*", "log.xab")); !strings.Contains(said, "the chunk was taken from this worker") {
		t.Errorf("the late worker has not found its chunk taken:\n%s", said)
	}
	h.wantOnce(t, 3, inFlight[:2]...)
}

// TestRealHostsWhoseShareIsFull has the share run full in the middle: the master
// says so and leaves, the workers wait for room, and resume goes on with them.
func TestRealHostsWhoseShareIsFull(t *testing.T) {
	f := newFar(t)
	f.limit(t, "80m")
	h := f.hold(t)
	inFlight := h.working(t)
	scan := h.soon(t, f.scan(t, listed(h.targets), ""))
	cmd, log := f.apply(t, scan)
	h.awaitBegun(t, inFlight...)
	f.nas.Do(t, "dd if=/dev/zero of="+f.nas.Exported("export")+"/filler bs=64k 2>&1 | grep 'No space left'")
	ends(t, cmd, log, exitNotDone)
	said := read(t, log)
	for _, words := range []string{filepath.Join(f.at, "chunked", "audit") + " can't be written", "make room there", "its workers go on", "resume with"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q:\n%s", words, said)
		}
	}
	f.nas.Do(t, "rm "+f.nas.Exported("export")+"/filler")
	cmd, log = f.startOn(t, f.master, "resume", scan)
	awaitSaid(t, log, stillWorking...)
	h.letGo(t)
	ends(t, cmd, log, exitComplete)
	h.wantOnce(t, 3)
	wantQuiet(t, f.workers...)
}

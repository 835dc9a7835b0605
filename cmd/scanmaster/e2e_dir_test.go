//go:build e2e

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"scanmaster/cmd/internal/ground"
)

// TestRealDirThatVanishesForAWhile has the shared folder be away for a while:
// that is said, and the scan goes on.
func TestRealDirThatVanishesForAWhile(t *testing.T) {
	h := holdHere(t)
	cmd, log := h.apply(t)
	h.rename(t, h.share, h.share+".away")
	awaitSaid(t, log, h.prefix("audit")+" is not there any more")
	h.rename(t, h.share+".away", h.share)
	awaitSaid(t, log, h.prefix("audit")+" is there again")
	h.letGo(t)
	ends(t, cmd, log, exitComplete)
	h.wantDone(t)
	if n := h.crowd.executions(heldTargetsHere); n != heldTargetsHere {
		t.Errorf("the script ran %d times", n)
	}
}

// TestRealDirThatVanishesToTheEnd has it be away at the end of the scan: the
// master says what is gone and how to go on, and resume does when it is back.
func TestRealDirThatVanishesToTheEnd(t *testing.T) {
	h := holdHere(t)
	cmd, log := h.apply(t)
	h.rename(t, h.share, h.share+".away")
	awaitSaid(t, log, h.prefix("audit")+" is not there any more")
	h.letGo(t)
	ends(t, cmd, log, exitNotDone)
	said := read(t, log)
	for _, words := range []string{h.prefix("audit") + " is not there any more", "unmounted", "when it is there again, resume with: scanmaster resume"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q:\n%s", words, said)
		}
	}
	r := h.expect(t, exitNotDone, "resume", h.scan)
	if !strings.Contains(r.stderr, h.share) {
		t.Errorf("resume does not name %s:\n%s", h.share, r.stderr)
	}
	h.rename(t, h.share+".away", h.share)
	h.expect(t, exitComplete, "resume", h.scan)
	h.wantDone(t)
}

// TestRealDirThatCanOnlyBeRead has the shared folder become so between a master
// that was interrupted and the next: that one says so, and a later one goes on.
func TestRealDirThatCanOnlyBeRead(t *testing.T) {
	h := holdHere(t)
	mountTmpfs(t, h.share)
	cmd, log := h.apply(t)
	kill(t, cmd.Process.Pid, syscall.SIGINT)
	ends(t, cmd, log, exitSignal+int(syscall.SIGINT))
	ground.Run(t, "mount", "-o", "remount,ro", h.share)
	for _, verb := range []string{"resume", "apply"} {
		r := h.expect(t, exitNotDone, verb, h.scan)
		for _, words := range []string{h.share, "read-only file system", "mount"} {
			if !strings.Contains(r.stderr, words) {
				t.Errorf("%s does not say %q:\n%s", verb, words, r.stderr)
			}
		}
	}
	ground.Run(t, "mount", "-o", "remount,rw", h.share)
	h.letGo(t)
	h.expect(t, exitComplete, "resume", h.scan)
	h.wantDone(t)
}

func (s *scene) rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// TestRealDirThatIsFull has the shared folder run full in the middle of a scan,
// and stay so: the master says so and stops, the next can't begin, and a later
// one goes on when there is room.
func TestRealDirThatIsFull(t *testing.T) {
	h := holdHere(t)
	mountTmpfs(t, h.share)
	cmd, log := h.apply(t)
	filler := filepath.Join(h.share, "filler")
	fillDisk(t, filler)
	h.letGo(t)
	ends(t, cmd, log, exitNotDone)
	said := read(t, log) + h.expect(t, exitNotDone, "resume", h.scan).stderr
	if n := strings.Count(said, "make room there"); n != 2 {
		t.Errorf("it says %d times, not twice, what to do:\n%s", n, said)
	}
	for _, words := range []string{h.prefix("audit"), "no space left on device", "resume with: scanmaster resume"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q:\n%s", words, said)
		}
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	h.expect(t, exitComplete, "resume", h.scan)
	h.wantDone(t)
}

// TestRealCancelWhereDirIsFull has nobody be told of a cancel that can't be
// written down, but for who works: those end.
func TestRealCancelWhereDirIsFull(t *testing.T) {
	h := holdHere(t)
	mountTmpfs(t, h.share)
	cmd, _ := h.apply(t)
	fillDisk(t, filepath.Join(h.share, "filler"))
	kill(t, cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait() // it was killed
	r := h.expect(t, exitNotDone, "cancel", h.scan)
	if !strings.Contains(r.stdout, "its master can't be told") || !strings.Contains(r.stdout, "no space left on device") {
		t.Errorf("it does not say what could not be done:\n%s", r.stdout)
	}
	if left := h.processes(t); len(left) > 0 {
		t.Errorf("still running: %q", left)
	}
}

//go:build e2e

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// working starts a scan that goes on until it is told to end, and waits until
// all its workers work.
func working(t *testing.T) (*scene, string, *exec.Cmd) {
	t.Helper()
	s := newScene(t)
	c := newCrowd(t, all(fleet.Behaviour{Kind: fleet.NeverEnds}))
	scan := c.scan(t, s, 30, "hosts: [local, local, local]\n")
	first := s.start(t, "apply", scan)
	await(t, "the script on all targets", func() bool { return c.executions(30) == 30 })
	return s, scan, first
}

// TestRealSecondApplyIsRefused has a second master come while the first is at it.
func TestRealSecondApplyIsRefused(t *testing.T) {
	s, scan, first := working(t)
	prefix := s.prefix("audit")
	before := tree(t, prefix)

	second := s.expect(t, exitNotDone, "apply", scan)
	if owner := fmt.Sprintf("process %d ", first.Process.Pid); !strings.Contains(second.stderr, owner) {
		t.Errorf("the second does not name the owner, %s:\n%s", owner, second.stderr)
	}
	if diff := cmp.Diff(before, tree(t, prefix)); diff != "" {
		t.Errorf("the second has touched what is the first's (-before +after):\n%s", diff)
	}
	if n := len(s.processes(t)); n != 4 {
		t.Errorf("%d processes of the first are left, want a master and three workers", n)
	}
	kill(t, first.Process.Pid, syscall.SIGTERM)
	_ = first.Wait() // its status is asked for below
	if status := first.ProcessState.ExitCode(); status != exitSignal+int(syscall.SIGTERM) {
		t.Errorf("the first ended with %d", status)
	}
}

// TestRealInterruptLeavesNoProcess is Ctrl-C.
func TestRealInterruptLeavesNoProcess(t *testing.T) {
	s, _, first := working(t)
	kill(t, first.Process.Pid, syscall.SIGINT)
	_ = first.Wait() // its status is asked for below
	if status := first.ProcessState.ExitCode(); status != exitSignal+int(syscall.SIGINT) {
		t.Errorf("it ended with %d:\n%s", status, read(t, filepath.Join(s.notes, "log")))
	}
	if left := s.processes(t); len(left) > 0 {
		t.Errorf("still running: %q", left)
	}
}

// TestRealSecondInterruptCuts is Ctrl-C, and once more: by the first, workers
// take no new targets, and what runs has time to end; by the second it has none.
func TestRealSecondInterruptCuts(t *testing.T) {
	s, _, first := working(t)
	logs := filepath.Join(s.prefix("audit"), ".run-*", "log.*")
	kill(t, first.Process.Pid, syscall.SIGINT)
	await(t, "the end of taking targets", func() bool { return strings.Count(gathered(t, logs), "nothing new is begun") == 3 })
	time.Sleep(2 * sameSignal) // sooner it would be the same word
	kill(t, first.Process.Pid, syscall.SIGINT)
	ends(t, first, filepath.Join(s.notes, "log"), exitSignal+int(syscall.SIGINT))
	if said := gathered(t, logs); strings.Count(said, "told to end a second time: what still runs is cut") != 3 {
		t.Errorf("not all workers were told twice:\n%s", said)
	}
	if left := s.processes(t); len(left) > 0 {
		t.Errorf("still running: %q", left)
	}
	attempts, outcomes := 0, 0
	for e, err := range result.Read(strings.NewReader(gathered(t, filepath.Join(s.prefix("audit"), "[0-9]*.xa?", job.Record)))) {
		switch {
		case err != nil:
			t.Fatal(err)
		case e.Kind == result.KindAttempt:
			attempts++
		case e.Kind == result.KindOutcome:
			outcomes++
		}
	}
	if attempts != 30 || outcomes != 0 {
		t.Errorf("there are %d attempts and %d outcomes, want 30 and none", attempts, outcomes)
	}
}

// TestRealLinksAreNotFollowed puts links where the program wants to write.
func TestRealLinksAreNotFollowed(t *testing.T) {
	for _, at := range []string{"chunked", "chunked/audit"} {
		t.Run(at, func(t *testing.T) {
			s := newScene(t)
			c := newCrowd(t, all(fleet.Behaviour{Kind: fleet.Canned}))
			scan := c.scan(t, s, 3, "hosts: [local]\n")
			elsewhere := t.TempDir()
			if err := os.MkdirAll(filepath.Join(elsewhere, "audit"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(elsewhere, "audit", "precious"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			link := filepath.Join(s.share, at)
			if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
				t.Fatal(err)
			}
			to := map[string]string{"chunked": elsewhere, "chunked/audit": filepath.Join(elsewhere, "audit")}[at]
			if err := os.Symlink(to, link); err != nil {
				t.Fatal(err)
			}
			before := tree(t, elsewhere)
			r := s.expect(t, exitNotDone, "apply", scan)
			if !strings.Contains(r.stderr, "link") {
				t.Errorf("it does not say that there is a link:\n%s", r.stderr)
			}
			if diff := cmp.Diff(before, tree(t, elsewhere)); diff != "" {
				t.Errorf("written through the link (-before +after):\n%s", diff)
			}
			if n := c.executions(3); n > 0 {
				t.Errorf("the script ran %d times", n)
			}
		})
	}
}

// TestRealNamesAreNotCommands gives names that are options, commands or paths.
func TestRealNamesAreNotCommands(t *testing.T) {
	scans := map[string]string{
		"the folder above":  "name: ..\nhosts: [local]\n",
		"a path":            "name: a/../../b\nhosts: [local]\n",
		"an option":         "name: -rf\nhosts: [local]\n",
		"a command":         "name: $(touch touched)\nhosts: [local]\n",
		"an absolute path":  "name: /etc\nhosts: [local]\n",
		"a worker's option": "name: audit\nhosts: [-oProxyCommand=touch touched]\n",
		"a worker's shell":  "name: audit\nhosts: [\"scan1;touch touched\"]\n",
		"a user's option":   "name: audit\nhosts: [{host: scan1, user: -oProxyCommand=touch}]\n",
	}
	s := newScene(t)
	s.write(t, "input", "host1 127.0.0.1\n")
	s.write(t, "remote.sh", "#!/bin/sh\n")
	for name, text := range scans {
		t.Run(name, func(t *testing.T) {
			scan := s.write(t, "scan.yaml", "version: 1\ninput: input\nremote: remote.sh\ndir: ../share\n"+text)
			s.expect(t, exitUsage, "apply", scan)
			if left := tree(t, s.share); len(left) > 0 {
				t.Errorf("the share was touched: %q", left)
			}
			wantUntouched(t, s)
		})
	}
}

// hostileLines are lines of targets that try to be options or commands.
var hostileLines = []string{
	"-oProxyCommand=touch${IFS}touched",
	"-oProxyCommand=touch\ttouched",
	"web1 -oProxyCommand=touch",
	"`touch touched` 127.8.0.9;touch",
	"$(touch touched)",
	"web2;touch${IFS}touched",
	"../../etc/passwd",
}

// TestRealTargetsAreNotCommands has such lines in the input: the scan is
// refused, and each line is named.
func TestRealTargetsAreNotCommands(t *testing.T) {
	s := newScene(t)
	c := newCrowd(t, named)
	scan := c.scan(t, s, 1, "hosts: [local]\n")
	path := s.write(t, "input", c.input(1)+strings.Join(hostileLines, "\n")+"\n")
	r := s.expect(t, exitUsage, "apply", scan)
	for i := range hostileLines {
		if place := fmt.Sprintf("%s:%d:", path, i+2); !strings.Contains(r.stderr, place) {
			t.Errorf("%s is not named:\n%s", place, r.stderr)
		}
	}
	wantUntouched(t, s)
	if left := tree(t, s.share); len(left) > 0 || c.executions(1) > 0 {
		t.Errorf("touched: %q, the script ran %d times", left, c.executions(1))
	}
}

// TestRealTargetsThatAHookMakesAreNotCommands has a pre hook make such lines,
// which no plan has seen.
func TestRealTargetsThatAHookMakesAreNotCommands(t *testing.T) {
	s := newScene(t)
	c := newCrowd(t, named)
	scan := c.scan(t, s, 1, "hosts: [local]\nhooks: {pre: pre.sh}\n")
	lines := s.write(t, "lines", c.input(1)+strings.Join(hostileLines, "\n")+"\n")
	s.write(t, "pre.sh", fmt.Sprintf("#!/bin/sh\ncp %s %s\n", lines, filepath.Join(s.dir, "input")))
	s.expect(t, exitNotDone, "apply", scan)
	wantUntouched(t, s)
	if n := c.executions(1); n > 0 {
		t.Errorf("the script ran %d times", n)
	}
}

// wantUntouched looks for what the hostile commands would have made.
func wantUntouched(t *testing.T, s *scene) {
	t.Helper()
	for _, dir := range []string{s.dir, s.share, filepath.Dir(s.share)} {
		for _, name := range tree(t, dir) {
			if filepath.Base(name) == "touched" {
				t.Errorf("a command was executed: %s", filepath.Join(dir, name))
			}
		}
	}
}

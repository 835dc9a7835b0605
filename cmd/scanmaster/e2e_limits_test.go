//go:build e2e

package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// under has the program run by a shell that says something of its limits first.
func (s *scene) under(t *testing.T, limits string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := s.command(t.Context(), args...)
	cmd.Args = slices.Concat([]string{"sh", "-c", limits + ` && exec "$@"`, "sh"}, cmd.Args)
	cmd.Path = "/bin/sh"
	return cmd
}

// TestRealFewFilesMayBeOpen has master and workers under a limit of open files:
// with few there are fewer targets at a time, and with 256 none, which is said
// before anything is touched.
func TestRealFewFilesMayBeOpen(t *testing.T) {
	const n = 400
	s, c := newScene(t), newCrowd(t, named)
	scan := c.scan(t, s, n, "hosts: [local, local]\njobs: 175\nchecks: {ping: false}\n")
	out, err := s.under(t, "ulimit -n 256", "apply", scan).CombinedOutput()
	said := string(out)
	if err == nil || !strings.Contains(said, "only 256 files may be open; raise ulimit -n to 845") || !strings.Contains(said, "local-1") {
		t.Errorf("%v: it does not say who lacks what:\n%s", err, said)
	}
	if ran := c.executions(n); ran > 0 {
		t.Errorf("the script ran %d times", ran)
	}
	out, err = s.under(t, "ulimit -n 400", "apply", scan).CombinedOutput()
	said = string(out)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, words := range []string{"26 targets at a time instead of 175", "only 400 files may be open", "raise ulimit -n to 845, or lower jobs"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q:\n%s", words, said)
		}
	}
	s.wantOutputs(t, n, func(i int) string { return fmt.Sprintf("host%d,%s,this is %s", i, c.addr(i), c.addr(i)) })
}

// wantOutputs holds the merged outputs against what targets send.
func (s *scene) wantOutputs(t *testing.T, n int, of func(int) string) {
	t.Helper()
	want := make([]string, n)
	for i := range want {
		want[i] = of(i)
	}
	got := gathered(t, filepath.Join(s.prefix("audit"), "final", "output"))
	if !sameLines(got, strings.Join(want, "\n")+"\n") {
		t.Errorf("the outputs are not what the targets have sent:\n%s", got)
	}
}

// TestRealNoFileEvents has a master that may watch nothing, or one folder: it
// says so once, and polls. The limits are those of a user namespace of its own.
func TestRealNoFileEvents(t *testing.T) {
	for name, limits := range map[string]struct{ set, mend string }{
		"no instance": {"echo 0 >/proc/sys/user/max_inotify_instances", "fs.inotify.max_user_instances"},
		"one of each": {"echo 1 >/proc/sys/user/max_inotify_instances && echo 1 >/proc/sys/user/max_inotify_watches", "fs.inotify.max_user_watches"},
	} {
		t.Run(name, func(t *testing.T) {
			h := holdHere(t)
			cmd := h.under(t, limits.set, "apply", h.scan)
			cmd.Args = append([]string{"unshare", "--user", "--map-root-user"}, cmd.Args...)
			cmd.Path = "/usr/bin/unshare"
			log := h.begin(t, cmd)
			awaitSaid(t, log, h.prefix("audit")+" is only looked at every 1s", "sysctl "+limits.mend)
			h.letGo(t)
			ends(t, cmd, log, exitComplete)
			if said := read(t, log); strings.Count(said, "warning: ") != 1 {
				t.Errorf("it has more to say than one warning:\n%s", said)
			}
			h.wantDone(t)
		})
	}
}

//go:build e2e

package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/cmd/internal/ground"
)

// moments are the parts of names that are other ones in each run.
var moments = regexp.MustCompile(`20[0-9]{6}T[0-9.]+Z-[0-9a-f]+|20[0-9]{10}`)

// left gives what a scan leaves below PREFIX, but for moments.
func (f *farm) left(t *testing.T) []string {
	t.Helper()
	names := tree(t, f.prefix("audit"))
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, ".old") || strings.HasPrefix(name, ".lock.") })
	for i, name := range names {
		names[i] = moments.ReplaceAllString(name, "WHEN")
	}
	slices.Sort(names)
	return names
}

// machinesOf starts machines, each with a set-up of its own; an empty one is none.
func (f *farm) machinesOf(t *testing.T, name string, setups ...string) []*ground.Machine {
	t.Helper()
	all := make([]*ground.Machine, len(setups))
	for i, setup := range setups {
		all[i] = &ground.Machine{Name: fmt.Sprint(name, i+1)}
		if setup != "" {
			all[i].Setup = []string{setup}
		}
	}
	f.lan.Add(t, all...)
	return all
}

// TestRealHostsWithoutASharedFolder has the same scan done with a shared folder
// and without: what is left is the same.
func TestRealHostsWithoutASharedFolder(t *testing.T) {
	f := newFarm(t)
	workers := f.workers(t, 3)
	f.trust(t, workers...)
	targets := f.targets(t, 9)
	f.write(t, "post.sh", "#!/bin/sh\nwc -l <output/input >lines\nmkdir more && cp output/*/*/hosts_ok more/\n")
	f.write(t, "aggregate.sh", "#!/bin/sh\ncat ../../2*.xa?/more/hosts_ok | sort >../../all\n")
	more := "hooks: {post_chunk: post.sh, aggregate: aggregate.sh}\n"
	said := func(share string) (names []string, all, log string) {
		r := f.expect(t, exitComplete, "apply", f.scan(t, targets, f.hosts(workers...), more+"share: "+share+"\n"))
		f.wantGreetings(t, targets, 3)
		return f.left(t), read(t, filepath.Join(f.prefix("audit"), "all")), r.stderr
	}
	with, allWith, _ := said("required")
	without, allWithout, log := said("none")
	if diff := cmp.Diff(with, without); diff != "" {
		t.Errorf("what is left with a shared folder and without (-with +without):\n%s", diff)
	}
	if allWith != allWithout || strings.Count(allWith, "this is target") != 9 {
		t.Errorf("aggregated with a shared folder\n%s\nand without\n%s", allWith, allWithout)
	}
	if !strings.Contains(log, "3 of 3 workers can work, 3 without the shared folder: files go and come by SFTP") {
		t.Errorf("it does not say how files go:\n%s", log)
	}
	wantQuiet(t, workers...)
	for _, m := range workers {
		if left, _ := filepath.Glob(filepath.Join(m.Home("root"), ".cache/scanmaster/run.*")); len(left) > 0 {
			t.Errorf("left on %s: %q", m.Name, left)
		}
	}
}

// TestRealHostsOfWhichSomeShare has one worker host see the folder, one not at
// all, and one another folder in its place: each works in its way.
func TestRealHostsOfWhichSomeShare(t *testing.T) {
	f := newFarm(t)
	workers := f.machinesOf(t, "scan", "", ground.Gone(f.share), ground.Own(f.share, "1g"))
	f.trust(t, workers...)
	targets := f.targets(t, 6)
	scan := f.scan(t, targets, f.hosts(workers...), "share_wait: 3s\n")
	r := f.expect(t, exitComplete, "doctor", scan)
	for i, want := range []string{"writable", "by SFTP", "by SFTP"} {
		if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(workers[i].Addr) + ` .* ` + want + ` `).MatchString(r.stdout) {
			t.Errorf("doctor does not say %q of %s:\n%s", want, workers[i].Addr, r.stdout)
		}
	}
	r = f.expect(t, exitComplete, "apply", scan)
	if !strings.Contains(r.stderr, "3 of 3 workers can work, 2 without the shared folder: files go and come by SFTP") {
		t.Errorf("it does not say who shares:\n%s", r.stderr)
	}
	f.wantGreetings(t, targets, 3)
	wantQuiet(t, workers...)
}

// TestRealHostsWithoutASharedFolderWhereAllGoesWrong has one worker killed, the
// link of another cut for longer than its lease, and the master killed.
func TestRealHostsWithoutASharedFolderWhereAllGoesWrong(t *testing.T) {
	f := newFarm(t)
	workers := f.machinesOf(t, "scan", ground.Gone(f.share), ground.Gone(f.share), ground.Gone(f.share))
	h := f.hold(t)
	f.trust(t, workers...)
	h.working(t)
	scan := h.soon(t, f.scan(t, listed(h.targets), f.hosts(workers...), ""))
	first, log := f.start(t, "apply", scan), filepath.Join(f.notes, "log")
	inFlight := h.awaitInFlight(t)
	workers[0].Do(t, "pkill -KILL -f '[s]canmaster worker -A'")
	awaitSaid(t, log, "is lost with xaa, which another goes on with")
	workers[1].Cut(t)
	awaitSaid(t, log, "is lost with xab, which another goes on with")
	kill(t, first.Process.Pid, syscall.SIGKILL)
	_ = first.Wait() // it was killed
	second := f.start(t, "resume", scan)
	awaitSaid(t, log, "still works on")
	workers[1].Heal(t)
	h.letGo(t)
	ends(t, second, log, exitComplete)
	h.wantOnce(t, 3, inFlight...)
	wantQuiet(t, workers...)
	// What the one that was cut off had done, and said, was fetched when it was back.
	log = filepath.Join(f.prefix("audit"), ".run-*", "log.xab")
	if said := gathered(t, log); !strings.Contains(said, "the master has given no sign for 5s: nothing new is begun until it does") {
		t.Errorf("the worker that was cut off says %q", said)
	}
}

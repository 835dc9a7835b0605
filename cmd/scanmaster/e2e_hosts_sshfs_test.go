//go:build e2e

package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"scanmaster/cmd/internal/ground"
)

func pidOf(cmd *exec.Cmd) string { return strconv.Itoa(cmd.Process.Pid) }

// far is a farm whose share gives no events and shows news late: master and
// workers, each a machine, mount it from another one.
type far struct {
	*farm
	nas, master *ground.Machine
	workers     []*ground.Machine
	at          string
}

func newFar(t *testing.T) *far {
	t.Helper()
	ground.Need(t, "fusermount3", "sshfs")
	f := &far{farm: newFarm(t), nas: &ground.Machine{Name: "nas"}, master: &ground.Machine{Name: "master"}}
	f.lan.Add(t, f.nas, f.master)
	f.workers = f.farm.workers(t, 3)
	f.at = f.nas.Share(t, "export", append(f.workers, f.master)...)
	f.share = f.nas.Exported("export")
	f.trust(t, f.workers...)
	return f
}

// scan writes a scan file for the far share.
func (f *far) scan(t *testing.T, targets, more string) string {
	t.Helper()
	path := f.farm.scan(t, targets, f.hosts(f.workers...), more)
	return f.write(t, filepath.Base(path), strings.Replace(read(t, path), "dir: ../share", "dir: "+f.at, 1))
}

// limit gives the share a size, as tmpfs(5) has it.
func (f *far) limit(t *testing.T, size string) {
	t.Helper()
	clients := slices.Concat(f.workers, []*ground.Machine{f.master})
	for _, m := range clients {
		m.Do(t, "umount "+f.at)
	}
	at := f.nas.Exported("export")
	f.nas.Do(t, ground.Own(at, size))
	f.nas.Share(t, "export", clients...)
	f.share = f.nas.Root() + at
}

// apply starts the master on its machine; what it says goes to a file.
func (f *far) apply(t *testing.T, scan string) (*exec.Cmd, string) {
	t.Helper()
	return f.startOn(t, f.master, "apply", scan)
}

// TestRealHostsOverASlowShare has a share as NFS is: no events, and caches.
func TestRealHostsOverASlowShare(t *testing.T) {
	f := newFar(t)
	targets := f.targets(t, 9)
	cmd, log := f.apply(t, f.scan(t, targets, "poll: 1s\n"))
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, read(t, log))
	}
	f.wantGreetings(t, targets, 3)
	wantQuiet(t, f.workers...)
}

// TestRealHostsShareThatHangsHangsNobody has the share's host lose its power in
// the middle of a scan; the master must still hear Ctrl-C, and say so.
func TestRealHostsShareThatHangsHangsNobody(t *testing.T) {
	f := newFar(t)
	targets := f.targets(t, 3)
	f.write(t, "remote.sh", "#!/bin/sh\nsleep 1000\n")
	scan := f.scan(t, targets, "poll: 1s\n")
	text := strings.Replace(read(t, scan), "run: 5s", "run: 10m", 1)
	cmd, log := f.apply(t, f.write(t, "scan.yaml", text))
	t.Cleanup(func() {
		if t.Failed() { // it says where it hangs
			_ = f.master.Command(context.WithoutCancel(t.Context()), "/", "pkill", "-QUIT", "-x", "scanmaster").Run()
			time.Sleep(time.Second)
		}
	})
	f.awaitWorkers(t, cmd, f.workers...)
	await(t, "the wait", func() bool { return strings.Contains(read(t, log), "0/3 workers done") })
	f.nas.Cut(t)
	said := len(read(t, log))
	f.master.Do(t, "pkill -INT -x scanmaster")
	await(t, "its last words", func() bool { return strings.Contains(read(t, log)[said:], "interrupt") })
	// What hangs in the kernel goes with the file system.
	f.master.Do(t, "pkill -KILL -x sshfs")
	_ = cmd.Wait() // its status is asked for below
	if status := cmd.ProcessState.ExitCode(); status != exitSignal+2 {
		t.Errorf("it ended with %d:\n%s", status, read(t, log))
	}
}

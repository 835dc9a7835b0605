//go:build e2e

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"scanmaster/cmd/internal/ground"
	"scanmaster/runner/job"
)

// farm is a scene with a network of machines that can be worker hosts and
// targets. Its share is seen on all of them at the same path.
type farm struct {
	*scene
	lan *ground.LAN
}

func newFarm(t *testing.T) *farm {
	t.Helper()
	lan := ground.NewLAN(t)
	f := &farm{scene: newSceneIn(t, lan.Dir), lan: lan}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what the master said:\n%s", gathered(t, filepath.Join(f.notes, "log*")))
			t.Logf("what the workers said:\n%s", gathered(t, filepath.Join(f.prefix("audit"), ".run-*", "log.*")))
			t.Logf("why targets were not reached:\n%s", f.unreached(t))
		}
	})
	return f
}

// unreached are the records of targets that no script ran on.
func (f *farm) unreached(t *testing.T) string {
	t.Helper()
	var found strings.Builder
	for line := range strings.Lines(gathered(t, filepath.Join(f.prefix("audit"), "*", job.Record))) {
		if strings.Contains(line, `"class":"no`) {
			found.WriteString(line)
		}
	}
	return found.String()
}

// workers starts machines that have nothing but sshd and screen.
func (f *farm) workers(t *testing.T, n int) []*ground.Machine {
	t.Helper()
	return f.machines(t, "scan", n)
}

// targets starts machines that greet with their names, and lists them.
func (f *farm) targets(t *testing.T, n int) string {
	t.Helper()
	return listed(f.machines(t, "target", n))
}

// machines starts so many, each called by a name and its number.
func (f *farm) machines(t *testing.T, name string, n int) []*ground.Machine {
	t.Helper()
	all := make([]*ground.Machine, n)
	for i := range all {
		all[i] = &ground.Machine{Name: fmt.Sprint(name, i+1)}
	}
	f.lan.Add(t, all...)
	return all
}

// listed are machines as lines of an input.
func listed(machines []*ground.Machine) string {
	var list strings.Builder
	for _, m := range machines {
		fmt.Fprintf(&list, "%s %s\n", m.Name, m.Addr)
	}
	return list.String()
}

// greeted are the results of targets, in whatever order.
func greeted(targets string) []string {
	var records []string
	for _, line := range sortedLines(targets) {
		name, addr, _ := strings.Cut(line, " ")
		records = append(records, fmt.Sprintf("%s,%s,this is %s\n", name, addr, name))
	}
	return records
}

// host is a machine as an entry of hosts, with more keys such as "user: scan1".
func (f *farm) host(m *ground.Machine, more ...string) string {
	keys := append([]string{"host: " + m.Addr, "identity: " + f.lan.Key.Private}, more...)
	return "  - {" + strings.Join(keys, ", ") + "}\n"
}

// hosts are machines as entries of hosts.
func (f *farm) hosts(machines ...*ground.Machine) string {
	var text strings.Builder
	for _, m := range machines {
		text.WriteString(f.host(m))
	}
	return text.String()
}

// trust records the keys of machines for the scan, instead of others.
func (f *farm) trust(t *testing.T, machines ...*ground.Machine) {
	t.Helper()
	f.write(t, "known_hosts", ground.KnownHosts(machines...))
}

// scan writes a scan file for entries of hosts, with what is said besides, and
// gives its path. What it says of the share goes without waiting: it is the
// same file system.
func (f *farm) scan(t *testing.T, targets, hosts, more string) string {
	t.Helper()
	f.write(t, "input", targets)
	if _, err := os.Stat(filepath.Join(f.dir, "remote.sh")); err != nil {
		f.write(t, "remote.sh", "#!/bin/sh\necho this is $(hostname)\n")
	}
	return f.write(t, "scan.yaml", fmt.Sprintf(`version: 1
name: audit
input: input
remote: remote.sh
dir: ../share
known_hosts: known_hosts
targets: {user: root, identity: ~/.ssh/target}
timeouts: {connect: 5s, banner: 2s, auth: 20s, run: 5s}
hosts:
%s%s`, hosts, more))
}

// wantGreetings holds the results of all chunks against the targets that there
// are, and their number against how many workers there should have been.
func (f *farm) wantGreetings(t *testing.T, targets string, chunks int) {
	t.Helper()
	// What was taken from a worker that was lost is hidden.
	pattern := filepath.Join(f.prefix("audit"), "[0-9]*", "output", "*", "*", "hosts_")
	compareResults(t, pattern, map[string][]string{"ok": greeted(targets)})
	if others := gathered(t, pattern+"[^co]*"); others != "" {
		t.Errorf("not every target is ok, but:\n%s", others)
	}
	found, err := filepath.Glob(filepath.Join(f.prefix("audit"), "input", "*", "xa?"))
	if err != nil || len(found) != chunks {
		t.Errorf("the chunks are %q, want %d of them (%v)", found, chunks, err)
	}
}

// itself is the worker among command lines, and not env(1) on its way to it.
var itself = regexp.MustCompile(`(?m)^/\S*/scanmaster worker -A `)

// awaitWorkers waits until there is a worker on each machine, and gives the
// command lines of all that runs there. The master is still to run then.
func (f *farm) awaitWorkers(t *testing.T, master *exec.Cmd, machines ...*ground.Machine) []string {
	t.Helper()
	commands := make([]string, len(machines))
	for i, m := range machines {
		await(t, "the worker on "+m.Name, func() bool {
			state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", master.Process.Pid))
			if err != nil || strings.Contains(string(state), ") Z ") {
				t.Fatalf("the master has ended\n%s", read(t, filepath.Join(f.notes, "log")))
			}
			commands[i] = m.Do(t, "ps -ww -eo args")
			return itself.MatchString(commands[i])
		})
	}
	return commands
}

// wantQuiet fails the test where something of a scan still runs on a machine.
func wantQuiet(t *testing.T, machines ...*ground.Machine) {
	t.Helper()
	for _, m := range machines {
		left := ""
		t.Cleanup(func() {
			if left != "" {
				t.Logf("still running on %s:\n%s", m.Name, left)
			}
		})
		await(t, "the end of all that runs on "+m.Name, func() bool {
			// In brackets, lest it find itself.
			left = m.Do(t, "pgrep -fa '[s]canmaster|[S]CREEN|[s]canslave' || true")
			return left == ""
		})
	}
}

//go:build e2e

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"scanmaster/cmd/internal/ground"
)

// unfit is a worker host that can't work.
type unfit struct {
	machine *ground.Machine
	// user is who logs in there; root where none is said.
	user string
	// after is what happens to it when it is up.
	after func(testing.TB, *ground.Machine)
	// unknown has no key on record, stranger another one.
	unknown, stranger bool
	// reason is an expression that the reason must match, mend one that what
	// doctor says must.
	reason, mend string
}

// unfits are all ways in which a worker host can fail before its start.
func unfits(t *testing.T, f *farm) []unfit {
	t.Helper()
	other := filepath.Join(f.dir, "other-uname")
	if err := os.Mkdir(other, 0o755); err != nil { //nolint:gosec // users of the machines run it
		t.Fatal(err)
	}
	uname := "#!/bin/sh\n/usr/bin/uname \"$@\" | sed s/x86_64/aarch64/\n"
	if err := os.WriteFile(filepath.Join(other, "uname"), []byte(uname), 0o755); err != nil { //nolint:gosec // as above
		t.Fatal(err)
	}
	set := func(name string, setup ...string) *ground.Machine { return &ground.Machine{Name: name, Setup: setup} }
	cut := func(tb testing.TB, m *ground.Machine) { tb.Helper(); m.Cut(tb) }
	freeze := func(tb testing.TB, m *ground.Machine) { tb.Helper(); m.Freeze(tb) }
	refusing := &ground.Machine{Name: "refusing", Authorized: ground.NewKey(t).Public}
	return []unfit{
		{machine: set("cut"), after: cut, reason: `connect|reach|route|timeout|time`},
		{machine: set("frozen"), after: freeze, reason: `banner|says nothing|silent|identif|time`},
		{machine: &ground.Machine{Name: "off", Unserved: true}, reason: `refused`},
		{machine: refusing, reason: `authenticat|key`},
		{machine: set("unknown"), unknown: true, reason: `SHA256:`, mend: `ssh-ed25519 `},
		{machine: set("stranger"), stranger: true, reason: `changed|another|differ|not the`},
		{machine: set("bare", ground.Without("screen")), reason: `screen`, mend: `launch: process|install`},
		{machine: set("arm", ground.Programs(other)), reason: `arm64|aarch64`, mend: `deploy_from`},
		{machine: set("full", ground.Own(f.share, "1m")), reason: `room|left|free|share`},
		{machine: set("apart", ground.Own(f.share, "1g")), reason: `share|here|there`},
		{machine: set("blank", ground.Gone(f.share)), reason: `isn't there|no such|missing|exist|not there`},
		{machine: set("sealed", ground.ReadOnly(f.share)), reason: `[Rr]ead-only|written|write`},
		{machine: set("other"), user: "scan1", reason: `uid|user|owner|group|write|permission|enter`, mend: `chgrp|chmod`},
	}
}

// TestRealHostsThatCantWorkAreLeftOut has all of them in one scan with two that
// can.
func TestRealHostsThatCantWorkAreLeftOut(t *testing.T) {
	f := newFarm(t)
	all := unfits(t, f)
	fit := f.workers(t, 2)
	targets := f.targets(t, 4)
	hosts, known := f.host(fit[0]), ground.KnownHosts(fit...)
	machines := make([]*ground.Machine, len(all))
	for i, u := range all {
		machines[i] = u.machine
	}
	f.lan.Add(t, machines...)
	for _, u := range all {
		ground.Run(t, "ping", "-c", "1", "-W", "2", u.machine.Addr) // so that a cut one is missed by its silence alone
		if u.after != nil {
			u.after(t, u.machine)
		}
		switch {
		case u.unknown:
		case u.stranger:
			known += strings.ReplaceAll(ground.KnownHosts(u.machine), u.machine.HostKey, fit[0].HostKey)
		default:
			known += ground.KnownHosts(u.machine)
		}
		if u.user != "" {
			hosts += f.host(u.machine, "user: "+u.user)
			continue
		}
		hosts += f.host(u.machine)
	}
	hosts += f.host(fit[1])
	f.write(t, "known_hosts", known)
	scan := f.scan(t, targets, hosts, "share: required\nshare_wait: 3s\n")

	began := time.Now()
	r := f.expect(t, exitComplete, "apply", scan)
	t.Logf("with %d of %d left out it took %v:\n%s", len(all), len(all)+2, time.Since(began).Round(time.Second), r.stderr)
	wantReasons(t, all, r.stderr)
	f.wantGreetings(t, targets, 2)
	if got := read(t, filepath.Join(f.prefix("audit"), ".whosts")); got != fit[0].Addr+"\n"+fit[1].Addr+"\n" {
		t.Errorf(".whosts: %q", got)
	}
	testDoctor(t, f, scan, all, fit)
	testTooFew(t, f, targets, f.hosts(fit...)+f.host(all[2].machine))
}

// wantReasons looks for each worker's reason beside its address.
func wantReasons(t *testing.T, all []unfit, text string) {
	t.Helper()
	for _, u := range all {
		line := regexp.MustCompile(`(?m)^.*` + regexp.QuoteMeta(u.machine.Addr) + `\b.*(\n[ \t].*)*`)
		said := strings.Join(line.FindAllString(text, -1), "\n")
		if !regexp.MustCompile(u.reason).MatchString(said) {
			t.Errorf("%s (%s): %q does not match %s", u.machine.Name, u.machine.Addr, said, u.reason)
		}
	}
}

// testDoctor wants the same from the verb that only looks, with how to mend it.
func testDoctor(t *testing.T, f *farm, scan string, all []unfit, fit []*ground.Machine) {
	t.Helper()
	before := tree(t, f.share)
	r := f.run(t, "doctor", scan)
	t.Logf("doctor ended with %d:\n%s%s", r.status, r.stdout, r.stderr)
	said := r.stdout + r.stderr
	wantReasons(t, all, said)
	for _, u := range all {
		if !regexp.MustCompile(u.mend).MatchString(said) {
			t.Errorf("%s: it does not say how to mend it, %s", u.machine.Name, u.mend)
		}
	}
	for _, m := range fit {
		if !strings.Contains(said, m.Addr) {
			t.Errorf("it says nothing of %s", m.Addr)
		}
	}
	if after := tree(t, f.share); fmt.Sprint(withoutState(before)) != fmt.Sprint(withoutState(after)) {
		t.Errorf("it has changed the share from\n%q to\n%q", before, after)
	}
}

// withoutState leaves out what outlives runs and is not a scan's.
func withoutState(names []string) []string {
	var left []string
	for _, name := range names {
		if !strings.HasPrefix(name, ".scanmaster/") {
			left = append(left, name)
		}
	}
	return left
}

// testTooFew asks for one worker more than there is.
func testTooFew(t *testing.T, f *farm, targets, hosts string) {
	t.Helper()
	before := read(t, filepath.Join(f.prefix("audit"), "started"))
	scan := f.scan(t, targets, hosts, "share: required\nshare_wait: 3s\nmin_workers: 3\n")
	r := f.expect(t, exitNotDone, "apply", scan)
	if !strings.Contains(r.stderr, "min_workers") {
		t.Errorf("it does not name min_workers:\n%s", r.stderr)
	}
	if read(t, filepath.Join(f.prefix("audit"), "started")) != before {
		t.Error("it has touched the last results")
	}
}

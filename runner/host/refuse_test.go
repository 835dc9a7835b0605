package host_test

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// able are the facts of a host that lacks nothing.
func able() host.Facts {
	return host.Facts{
		OS: "linux", Arch: "amd64", Home: "/home/scan", User: "scan", UID: 1000, GID: 1000, Groups: []int{1000},
		Screen: host.Screen{Path: "/usr/bin/screen", Works: true}, Setsid: true,
		Scanslave: host.Scanslave{Path: "/usr/bin/scanslave", Version: "scanmaster 1.0"},
		Dir: host.Dir{
			Path: "/mnt/s", Exists: true, Readable: true, Writable: true, Mode: 0o700, UID: 1000, GID: 1000,
			Free: 1 << 40, Inodes: 1 << 20,
		},
	}
}

// need is what an ordinary scan needs.
func need() host.Need {
	return host.Need{
		Room: 64 << 20, Inodes: 1000, Launch: plan.ViaScreen, Deploy: "auto", Builds: []string{"linux/amd64"},
		UID: 1000, User: "scan",
	}
}

func TestAHostThatLacksNothingIsNotRefused(t *testing.T) {
	for name, change := range map[string]func(*host.Facts, *host.Need){
		"nothing":                func(*host.Facts, *host.Need) {},
		"no screen, and no need": func(f *host.Facts, n *host.Need) { f.Screen = host.Screen{}; n.Launch = plan.ViaProcess },
		"no setsid, and no need": func(f *host.Facts, _ *host.Need) { f.Setsid = false },
		"lingers":                func(f *host.Facts, _ *host.Need) { f.Logind = host.Logind{Kills: true, Linger: true} },
		"room unknown":           func(f *host.Facts, _ *host.Need) { f.Dir.Free, f.Dir.Inodes = -1, -1 },
		"its own scanslave":      func(f *host.Facts, n *host.Need) { n.Deploy, n.Builds = "never", nil },
		"a build for it":         func(f *host.Facts, n *host.Need) { f.Arch = "arm64"; n.Builds = append(n.Builds, "linux/arm64") },
		"a group in common": func(f *host.Facts, _ *host.Need) {
			f.UID, f.Groups, f.Dir.Mode, f.Dir.GID = 7, []int{7, 50}, fs.ModeSetgid|0o770, 50
		},
		"a classic one that will do": func(f *host.Facts, n *host.Need) {
			f.Scanslave = host.Scanslave{Path: "/x", Classic: true}
			n.Deploy, n.Classic = "never", new(plan.Classic)
		},
	} {
		f, n := able(), need()
		change(&f, &n)
		if got := f.Refuse(n); len(got) > 0 {
			t.Errorf("%s: refused: %q", name, got)
		}
	}
}

func TestWhatAHostLacksIsNamedWithItsMend(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*host.Facts, *host.Need)
		wants  []string
	}{
		"no screen": {func(f *host.Facts, _ *host.Need) { f.Screen = host.Screen{} },
			[]string{"no screen", "install it there, or say launch: process"}},
		"screen can't": {func(f *host.Facts, _ *host.Need) { f.Screen.Works, f.Screen.Says = false, "must have mode 1777" },
			[]string{"must have mode 1777", "chmod 1777 /run/screen"}},
		"no setsid": {func(f *host.Facts, n *host.Need) { f.Setsid = false; n.Launch = plan.ViaProcess },
			[]string{"no setsid", "install util-linux"}},
		"another architecture": {func(f *host.Facts, _ *host.Need) { f.Arch = "arm64" },
			[]string{"linux/arm64", "deploy_from: DIR", "scanmaster_linux_arm64"}},
		"no scanslave": {func(f *host.Facts, n *host.Need) { f.Scanslave = host.Scanslave{}; n.Deploy = "never" },
			[]string{"no scanslave in its PATH", "install it"}},
		"a scanslave of nobody's": {func(f *host.Facts, n *host.Need) { f.Scanslave.Version = ""; n.Deploy = "never" },
			[]string{"/usr/bin/scanslave is no scanslave"}},
		"a classic one": {func(f *host.Facts, n *host.Need) {
			f.Scanslave = host.Scanslave{Path: "/x", Classic: true}
			n.Deploy, n.Classic = "never", &plan.Classic{Refused: []string{"shell", "remote.args"}}
		}, []string{"/x is of the classic suite", "shell and remote.args"}},
		"logind": {func(f *host.Facts, _ *host.Need) { f.Logind.Kills = true },
			[]string{"loginctl enable-linger scan"}},
		"no folder": {func(f *host.Facts, _ *host.Need) { f.Dir = host.Dir{Path: "/mnt/s"} },
			[]string{"/mnt/s isn't there", "mount the share"}},
		"a file": {func(f *host.Facts, _ *host.Need) { f.Dir = host.Dir{Path: "/mnt/s", IsFile: true} },
			[]string{"/mnt/s is no folder"}},
		"another user": {func(f *host.Facts, n *host.Need) { f.UID = 7; f.User = "other" },
			[]string{"as other", "as scan", "chgrp GROUP /mnt/s && chmod 2770 /mnt/s"}},
		"a group it isn't in": {func(f *host.Facts, n *host.Need) { f.UID, f.Dir.Mode, f.Dir.GID = 7, fs.ModeSetgid|0o770, 50 },
			[]string{"chgrp"}},
		"read-only": {func(f *host.Facts, _ *host.Need) { f.Dir.Writable = false },
			[]string{"/mnt/s can't be written by scan", "mount it rw"}},
		"not readable": {func(f *host.Facts, _ *host.Need) { f.Dir.Readable = false },
			[]string{"/mnt/s can't be read by scan"}},
		"no room": {func(f *host.Facts, _ *host.Need) { f.Dir.Free = 1 << 20 },
			[]string{"1.0 MiB left", "64 MiB are needed"}},
		"no inodes": {func(f *host.Facts, _ *host.Need) { f.Dir.Inodes = 3 },
			[]string{"3 more files", "1000 are needed"}},
	} {
		f, n := able(), need()
		c.change(&f, &n)
		got := f.Refuse(n)
		if len(got) != 1 {
			t.Errorf("%s: refused for %q", name, got)
			continue
		}
		for _, want := range c.wants {
			if !strings.Contains(got[0].Text, want) {
				t.Errorf("%s: %q, want %q in it", name, got[0], want)
			}
		}
	}
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	f := host.Facts{OS: "linux", Arch: "arm64", User: "x", Dir: host.Dir{Path: "/d"}, Logind: host.Logind{Kills: true}}
	if got := f.Refuse(need()); len(got) != 4 {
		t.Errorf("got %q", got)
	}
}

func TestAClockThatIsOffIsOnlySaid(t *testing.T) {
	for _, c := range []struct {
		skew, by time.Duration
		want     string
	}{
		{4 * time.Second, 0, ""},
		{7 * time.Second, 3 * time.Second, ""}, // it may be 4 s
		{70 * time.Second, time.Second, "1m10s ahead of"},
		{-time.Hour, time.Second, "1h0m0s behind"},
	} {
		f := able()
		f.Skew, f.SkewBy = c.skew, c.by
		got := strings.Join(job.Texts(f.Warn(need())), "\n")
		if len(f.Refuse(need())) > 0 || !strings.Contains(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%v: %q, want %q", c.skew, got, c.want)
		}
	}
	f, n := able(), need()
	f.Scanslave.Classic = true
	n.Deploy, n.Classic = "never", &plan.Classic{Ignored: []string{"timeouts"}}
	if got := f.Warn(n); len(got) != 1 || !strings.Contains(got[0].Text, "timeouts") {
		t.Errorf("got %q", got)
	}
}

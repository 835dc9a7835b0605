package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// hosts adds worker hosts: SSH servers that share this machine's folders, have
// a home of their own, and in their PATH a scanslave, which is this test.
// It gives the keys of the scan file.
func (g *ground) hosts(n int) string {
	g.t.Helper()
	self, err := os.Executable()
	if err != nil {
		g.t.Fatal(err)
	}
	g.write("bin/here", "")
	g.write("home/here", "")
	if err := os.Symlink(self, g.path("bin/scanslave")); err != nil {
		g.t.Fatal(err)
	}
	key, err := fleet.WriteKey(g.path("hostkey"))
	if err != nil {
		g.t.Fatal(err)
	}
	f, err := fleet.New(fleet.Config{
		Authorized: []ssh.PublicKey{key}, Dir: g.path("home"),
		Env: []string{"PATH=" + g.path("bin") + ":/usr/local/bin:/usr/bin:/bin", "GORACE=" + os.Getenv("GORACE")},
	})
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = f.Close() })
	text, known := "hosts:\n", ""
	for range n {
		addr, err := f.Add(fleet.Behaviour{})
		if err != nil {
			g.t.Fatal(err)
		}
		known += f.KnownHostsLine(addr) + "\n"
		text += fmt.Sprintf("  - {host: 127.0.0.1, port: %d, identity: %s}\n", addr.Port(), g.path("hostkey"))
	}
	g.write("known_hosts", known)
	return text + "known_hosts: known_hosts\ndeploy: never\nlaunch: process\nshare_wait: 5s\n"
}

func TestWorkerHostsDoWhatThisMachineDoes(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("fine", 5, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("here\n")})
	g.write("post.sh", "#!/bin/sh\necho $# >post.out\n")
	s := g.mustApply(g.hosts(2) + "hooks: {post_chunk: post.sh}\n")
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 5 || len(s.Workers) != 2 {
		t.Errorf("%+v\n%s", s, g.logs())
	}
	if got := g.read("*.xab/post.out"); got != "1\n" {
		t.Errorf("post-chunk: %q", got)
	}
	if left, _ := filepath.Glob(g.path("share/.scanmaster/probe/*")); len(left) > 0 {
		t.Errorf("the probe has left %v", left)
	}
}

func TestAWorkerHostThatCantWorkIsLeftOutWithItsReason(t *testing.T) {
	g := lay(t)
	g.targets("fine", 3, fleet.Behaviour{Kind: fleet.Canned})
	closed, err := g.fleet.Add(fleet.Behaviour{Kind: fleet.Closed})
	if err != nil {
		t.Fatal(err)
	}
	unknown, err := g.fleet.Add(fleet.Behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	more := ""
	for _, addr := range []uint16{closed.Port(), unknown.Port()} {
		more += fmt.Sprintf("  - {host: 127.0.0.1, port: %d, identity: %s}\n", addr, g.path("key"))
	}
	keys := strings.Replace(g.hosts(1), "known_hosts:", more+"known_hosts:", 1)
	s := g.mustApply(keys)
	if len(s.Workers) != 1 || s.Tally.Counts["ok"] != 3 {
		t.Errorf("%+v", s)
	}
	reasons := g.skipped()
	text := strings.Join(reasons, "\n")
	if len(reasons) != 2 || !strings.Contains(text, "refused") || !strings.Contains(text, "record it in known_hosts: [127.0.0.1]:") {
		t.Errorf("%q", reasons)
	}
	_, err = g.apply(t.Context(), g.plan(keys+"min_workers: 2\n"))
	if err == nil || !strings.Contains(err.Error(), "1 of 3 workers can work, and 2 must (min_workers)") {
		t.Errorf("%v: want that there are too few", err)
	}
}

func TestAProbeTouchesNothing(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	probed, err := runner.Probe(t.Context(), g.plan(g.hosts(1)), g.config())
	if err != nil || len(probed) != 1 || len(probed[0].Reasons) > 0 || probed[0].Facts.Scanslave.Path == "" {
		t.Errorf("%+v, %v", probed, err)
	}
	if _, err := os.Stat(g.path("share/chunked")); err == nil {
		t.Error("there is a folder of scans")
	}
}

func TestTheEndOfTheContextEndsWorkersOnHosts(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("stuck", 2, fleet.Behaviour{Kind: fleet.NeverEnds})
	p := g.plan(g.hosts(1) + "timeouts: {run: 1h}\n")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if begun, _ := filepath.Glob(g.prefix("*/output/*/xaa/hosts_checked")); len(begun) == 1 {
				cancel()
			}
			time.Sleep(glance)
		}
	}()
	if _, err := g.apply(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("%v: want the cause", err)
	}
	if got := g.read(".run-*/log.xaa"); !strings.Contains(got, "terminated") {
		t.Errorf("the worker's last words are %q", got)
	}
}

func TestTheUsualKeysAndKnownHostsAreUsedWhereNoneAreNamed(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	keys := strings.ReplaceAll(g.hosts(1), ", identity: "+g.path("hostkey"), "")
	g.write(".ssh/id_rsa", "no key of ours") // beside it, and so a reason
	for from, to := range map[string]string{"hostkey": ".ssh/id_ed25519", "known_hosts": ".ssh/known_hosts"} {
		if err := os.Rename(g.path(from), g.path(to)); err != nil {
			t.Fatal(err)
		}
	}
	keys = strings.Replace(keys, "known_hosts: known_hosts\n", "", 1)
	if _, err := g.apply(t.Context(), g.plan(keys)); err == nil || !strings.Contains(err.Error(), "id_rsa") {
		t.Errorf("%v: want the file that is no key", err)
	}
	if err := os.Remove(g.path(".ssh/id_rsa")); err != nil {
		t.Fatal(err)
	}
	if s := g.mustApply(keys); s.Tally.Counts["ok"] != 1 {
		t.Errorf("%+v", s)
	}
}

func TestABuildThatIsNoneIsRefused(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	keys := strings.Replace(g.hosts(1), "deploy: never", "deploy_from: builds", 1)
	name := "scanmaster_" + runtime.GOOS + "_" + runtime.GOARCH
	g.write("builds/"+name, "#!/bin/sh\n")
	_, err := g.apply(t.Context(), g.plan(keys))
	if err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("%v: want the name of the build", err)
	}
	if left, _ := filepath.Glob(g.path("home/.cache/*")); len(left) > 0 {
		t.Errorf("something was copied: %v", left)
	}
	// It is no trouble of others.
	g.events = nil
	s := g.mustApply(strings.Replace(keys, "hosts:\n", "hosts:\n  - local\n", 1))
	if reasons := g.skipped(); len(s.Workers) != 1 || len(reasons) != 1 || !strings.Contains(reasons[0], "deploy_from") {
		t.Errorf("%+v, %q", s, reasons)
	}
}

func TestAnAgentThatDoesNotAnswerIsSaid(t *testing.T) {
	g := lay(t)
	g.targets("fine", 1, fleet.Behaviour{Kind: fleet.Canned})
	cfg := g.config()
	cfg.AgentSocket = g.path("nobody")
	if _, err := runner.Apply(t.Context(), g.plan("hosts: [local]"), cfg); err != nil {
		t.Fatal(err)
	}
	for _, e := range g.events {
		if w, ok := e.(runner.Warning); ok && strings.Contains(w.Text, "ssh-agent doesn't answer") {
			return
		}
	}
	t.Error("nothing was said")
}

package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// realFacts are the facts of a run, without placeholders.
func realFacts() plan.Facts {
	f := facts()
	f.Base, f.Home, f.Run, f.Min, f.Bin = "/scans", "/home/me", "20240229T235900Z-ab", "202402292359", "/usr/bin/scanmaster"
	return f
}

func TestALocalWorkerIsAProcessOfThisBinary(t *testing.T) {
	s, f := static(), realFacts()
	f.Hosts = spec.Hosts{{Host: spec.Local}}
	s.Checks = spec.Checks{}
	p := compile(t, s, f)
	got := find[plan.Launch](p).Command(p.Layout, plan.Worker{Name: "local", Local: true}, "xaa", job.Staged{Path: p.Layout.JobFile(1), SHA256: "0abc"})
	staged := "/mnt/scanmaster/chunked/info1/.run-20240229T235900Z-ab/"
	wantArgv := []string{
		"/usr/bin/scanmaster", "worker", "-A", "pubkey", "-d", "/mnt/scanmaster",
		"-r", staged + "remote", "-p", staged + "post_chunk", "-n", "175",
		"info1", "/mnt/scanmaster/chunked/info1/input/202402292359/xaa", "--", "-P", "-S", "-I",
	}
	if diff := cmp.Diff(wantArgv, got.Argv); diff != "" {
		t.Error(diff)
	}
	wantEnv := []string{
		"LANG=C",
		"SSHOPTS=-l headless -i ~/.ssh/headless -o StrictHostKeyChecking=accept-new -o KexAlgorithms=curve25519-sha256",
		"SCANMASTER_JOB=" + staged + "job.json",
		"SCANMASTER_JOB_SHA256=0abc",
	}
	if diff := cmp.Diff(wantEnv, got.Env); diff != "" {
		t.Error(diff)
	}
	if got.Via != plan.ViaProcess || got.Script != "" {
		t.Errorf("command is %+v, want a process", got)
	}
}

func TestAWorkerHostRunsAStagedScriptInScreen(t *testing.T) {
	p := compile(t, static(), realFacts())
	launch := find[plan.Launch](p)
	got := launch.Command(p.Layout, launch.Workers[0], "xab", job.Staged{Path: p.Layout.JobFile(1), SHA256: "0abc"})
	want := []string{"screen", "-dm", "-c", ".screenrc.scanslave.20240229T235900Z-ab.xab", "-e^Ww"}
	if diff := cmp.Diff(want, got.Argv); diff != "" {
		t.Error(diff)
	}
	if got.ScreenrcText != "screen .cache/scanmaster/run.20240229T235900Z-ab.xab\n" {
		t.Errorf("screenrc is %q", got.ScreenrcText)
	}
	if strings.ContainsAny(strings.TrimSpace(got.ScreenrcText), "$^\\~'\"\n") {
		t.Errorf("screenrc %q holds what screen itself would expand", got.ScreenrcText)
	}
	log := "/mnt/scanmaster/chunked/info1/.run-20240229T235900Z-ab/log.xab"
	if !strings.HasPrefix(got.ScriptText, "#!/bin/sh\nrm -f "+got.Script+" "+got.Screenrc+"\n{ env LANG=C ") || got.Log != log ||
		!strings.HasSuffix(got.ScriptText, ` -- -I || echo "ended with status $?"; } 2>&1 | tee -ai `+log+"\n") {
		t.Errorf("script is %q, log %s", got.ScriptText, got.Log)
	}
}

func TestWhereNothingIsDeployedScanslaveIsFound(t *testing.T) {
	s := static()
	s.Deploy = "never"
	p := compile(t, s, realFacts())
	launch := find[plan.Launch](p)
	remote := launch.Command(p.Layout, plan.Worker{Host: "scan1"}, "xaa", job.Staged{Path: p.Layout.JobFile(1), SHA256: "0abc"})
	if !strings.Contains(remote.ScriptText, " scanslave -A pubkey ") {
		t.Errorf("script is %q, want scanslave", remote.ScriptText)
	}
	local := launch.Command(p.Layout, plan.Worker{Host: spec.Local, Local: true}, "xaa", job.Staged{Path: p.Layout.JobFile(1), SHA256: "0abc"})
	if local.Argv[0] != "/usr/bin/scanmaster" {
		t.Errorf("local runs %q, want this binary", local.Argv[0])
	}
}

func TestAWorkerIsAskedByTheCommandThatWillStartIt(t *testing.T) {
	s := static()
	s.ScanEnv = spec.Env{"NOTE": {Text: "it's"}}
	l := find[plan.Launch](compile(t, s, facts()))
	layout := job.Layout{Dir: "/share", Name: "info1", Run: "20240229", Min: "202402292359"}
	for _, deploy := range []string{"auto", spec.DeployNever} {
		l.Deploy = deploy
		check, start := l.Check(layout, l.Workers[0]), l.Command(layout, l.Workers[0], "xaa", job.Staged{Path: layout.JobFile(1), SHA256: "d1"})
		program, rest, _ := strings.Cut(check.Line, " --check ")
		if rest == "" || strings.Contains(check.Line, "xaa") || strings.Contains(check.Line, job.EnvFile) {
			t.Errorf("it is asked by %s", check.Line)
		}
		words := strings.Fields(program)
		if name := words[len(words)-1]; !strings.Contains(start.ScriptText, " "+name+" -A ") {
			t.Errorf("%s is asked, and started is %s", name, start.ScriptText)
		}
		if !strings.Contains(check.Line, `NOTE='it'"'"'s'`) || !strings.Contains(check.Line, "SSHOPTS=") {
			t.Errorf("its environment is that of %s", check.Line)
		}
	}
}

func TestInADryRunOnlyPlaceholdersStayUnquoted(t *testing.T) {
	dry, run := job.Layout{Run: plan.RunPlaceholder}, job.Layout{Run: "20240229"}
	for word, want := range map[string]string{
		"/d/.run-<RUN>/remote": "/d/.run-<RUN>/remote",
		"<BIN>":                "<BIN>",
		"a <RUN>":              "'a <RUN>'",
		"<X>":                  "'<X>'",
		"plain":                "plain",
	} {
		if got := plan.Quote(dry, word); got != want {
			t.Errorf("Quote(%q) = %s in a dry run, want %s", word, got, want)
		}
		if got := plan.Quote(run, word); got != job.Quote(word) {
			t.Errorf("Quote(%q) = %s in a run, want %s", word, got, job.Quote(word))
		}
	}
}

func TestOptionsOfTheUsersComeAfterTheScansOwn(t *testing.T) {
	s := static()
	s.ScanEnv = spec.Env{"SSHOPTS": {Text: "-o ConnectTimeout=3"}, "A": {Text: "1"}}
	s.Targets = spec.Targets{User: "u", Port: 2222, HostKeys: "strict"}
	want := []string{"A=1", "SSHOPTS=-l u -p 2222 -o StrictHostKeyChecking=yes -o ConnectTimeout=3"}
	if diff := cmp.Diff(want, find[plan.Launch](compile(t, s, facts())).Env); diff != "" {
		t.Error(diff)
	}
	s.Targets.HostKeys = "off"
	if env := find[plan.Launch](compile(t, s, facts())).Env; !strings.Contains(env[1], "StrictHostKeyChecking=no") {
		t.Errorf("environment is %q", env)
	}
}

func TestEveryWorkerHasANameOfItsOwn(t *testing.T) {
	for _, c := range []struct {
		hosts spec.Hosts
		want  []string
	}{
		{spec.Hosts{{Host: "local"}}, []string{"local"}},
		{spec.Hosts{{Host: "local"}, {Host: "a"}, {Host: "local"}}, []string{"local-1", "a", "local-2"}},
		{spec.Hosts{{Host: "a"}, {Host: "a", Port: 2222}, {Host: "b", Port: 22}}, []string{"a:22", "a:2222", "b"}},
		{spec.Hosts{{Host: "a"}, {Host: "a", Port: 22}}, []string{"a-1", "a-2"}},
		{spec.Hosts{{Host: "::1", Port: 1}, {Host: "::1", Port: 2}}, []string{"[::1]:1", "[::1]:2"}},
		{spec.Hosts{{Host: "a-1"}, {Host: "a"}, {Host: "a"}}, []string{"a-1", "a-2", "a-3"}},
	} {
		f := facts()
		f.Hosts = c.hosts
		var got []string
		for _, w := range find[plan.Launch](compile(t, static(), f)).Workers {
			got = append(got, w.Name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

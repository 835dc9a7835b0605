package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

func TestProblemsThatOnlyFactsCanShow(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*spec.Scan, *plan.Facts)
		want   []string
	}{
		"all is well": {func(*spec.Scan, *plan.Facts) {}, nil},
		"a file that isn't there": {
			func(_ *spec.Scan, f *plan.Facts) { delete(f.Files, "remote.sh") },
			[]string{"remote.sh isn't there (paths are relative to the folder of the scan file)"},
		},
		"an absolute path needs no hint": {
			func(s *spec.Scan, _ *plan.Facts) { s.Input = spec.Paths{"/no/list"} },
			[]string{"/no/list isn't there"},
		},
		"all that isn't there at once": {
			func(s *spec.Scan, f *plan.Facts) { delete(f.Files, "never"); delete(f.Files, "aggregator.sh") },
			[]string{"never isn't there (paths", "aggregator.sh isn't there (paths"},
		},
		"a folder": {
			func(_ *spec.Scan, f *plan.Facts) { f.Files["targets"] = plan.FileFacts{Problem: "is a folder"} },
			[]string{"targets is a folder"},
		},
		"a hook that can't be executed": {
			func(s *spec.Scan, f *plan.Facts) {
				s.Hooks.PostChunk = "my hook.sh"
				f.Files["my hook.sh"] = plan.FileFacts{SHA256: "1", Size: 1, Lines: 1}
			},
			[]string{"my hook.sh can't be executed (chmod +x 'my hook.sh')"},
		},
		"a script that is too long": {
			func(_ *spec.Scan, f *plan.Facts) {
				f.Files["remote.sh"] = plan.FileFacts{SHA256: "1", Size: plan.MaxScript + 1}
			},
			[]string{"remote.sh is over 1 MiB"},
		},
		"an empty script": {
			func(_ *spec.Scan, f *plan.Facts) { f.Files["remote.sh"] = plan.FileFacts{SHA256: "1"} },
			[]string{"remote.sh is empty"},
		},
		"no targets": {
			func(_ *spec.Scan, f *plan.Facts) { f.Targets, f.Excluded = 0, 0 },
			[]string{`the input has no targets (a target a line: "host" or "host ip"; where that is meant, apply --force)`},
		},
		"all excluded": {
			func(_ *spec.Scan, f *plan.Facts) { f.Targets = 0 },
			[]string{"no target is left: all 9 of the input are excluded (where that is meant, apply --force)"},
		},
		"no workers": {
			func(_ *spec.Scan, f *plan.Facts) { f.Hosts = nil },
			[]string{"no workers: nobody would run the scan (name one, or local for this machine)"},
		},
		"passthrough that would add a target": {
			func(s *spec.Scan, _ *plan.Facts) { s.Passthrough = []string{"-I", "web9"} },
			[]string{`passthrough "web9" is no flag, and would add a target`},
		},
		"options that can't be honoured": {
			func(s *spec.Scan, _ *plan.Facts) { s.ScanEnv = spec.Env{"SSHOPTS": {Text: "-o ProxyCommand=x"}} },
			[]string{"SSHOPTS: option ProxyCommand can't be honoured"},
		},
		"a classic worker judges for itself": {
			func(s *spec.Scan, _ *plan.Facts) {
				s.Deploy, s.Passthrough = "never", []string{"-B"}
				s.ScanEnv = spec.Env{"SSHOPTS": {Text: "-J bastion"}}
			},
			nil,
		},
		"more workers wanted than there are": {
			func(s *spec.Scan, _ *plan.Facts) { s.MinWorkers = 4 },
			[]string{"min_workers is 4, and there are 3 workers"},
		},
		"paths from a home that nobody knows": {
			func(s *spec.Scan, f *plan.Facts) {
				f.NoHome, f.Home = true, ""
				s.Dir, s.DeployFrom, s.KnownHosts, s.Input = "~", "~/builds", "", spec.Paths{"~/list"}
				s.Hosts = spec.Hosts{{Host: "scan1", Identity: "~/.ssh/scan"}}
				f.Hosts = spec.Hosts{{Host: "scan1", Identity: "~/.ssh/scan"}, {Host: "scan2"}}
			},
			[]string{
				"HOME is not set to an absolute path, so that ~/list names no file (set HOME, or write the whole path)",
				"so that ~ names no file", "so that ~/builds names no file", "so that ~/.ssh/scan names no file",
				"so that ~/.ssh/known_hosts names no file (set HOME, or name known_hosts)",
				"warning: HOME is not set to an absolute path, so that ~/.ssh/id_* names no file (set HOME, or name an identity; the ssh-agent's keys are tried all the same)",
			},
		},
		"no home, where nothing starts from it": {
			func(s *spec.Scan, f *plan.Facts) {
				f.NoHome, f.Home = true, ""
				for i := range f.Hosts {
					f.Hosts[i].Identity = "key"
				}
				s.Hosts = f.Hosts
			},
			nil,
		},
		"no folder of builds": {
			func(s *spec.Scan, f *plan.Facts) { delete(f.Files, "builds") },
			[]string{"builds isn't there"},
		},
		"builds that are no folder": {
			func(s *spec.Scan, f *plan.Facts) { f.Files["builds"] = plan.FileFacts{Problem: "is no folder"} },
			[]string{"builds is no folder"},
		},
		"no key but the agent's": {
			func(s *spec.Scan, _ *plan.Facts) { s.Targets.Identity = "" },
			[]string{"warning: no key for the targets is named, and workers on other hosts are detached: they can't use the ssh-agent of whoever starts the scan (name targets.identity, a path on the workers; without it ~/.ssh/id_* of the worker's user will be tried)"},
		},
		"a key in SSHOPTS": {
			func(s *spec.Scan, _ *plan.Facts) {
				s.Targets.Identity, s.ScanEnv = "", spec.Env{"SSHOPTS": {Text: "-o IdentityFile=~/.ssh/scan"}}
			},
			nil,
		},
		"a key for classic workers in SSHOPTS": {
			func(s *spec.Scan, _ *plan.Facts) {
				s.Deploy, s.Targets.Identity = "never", ""
				s.ScanEnv = spec.Env{"SSHOPTS": {Text: "-J bastion -i ~/.ssh/scan"}}
			},
			nil,
		},
		"workers on this machine may use the agent": {
			func(s *spec.Scan, f *plan.Facts) {
				s.Targets.Identity, f.Hosts = "", spec.Hosts{{Host: spec.Local}}
			},
			nil,
		},
		"no targets, and that is meant": {
			func(_ *spec.Scan, f *plan.Facts) { f.Targets, f.Empty = 0, true },
			nil,
		},
		"known hosts without a worker over SSH aren't asked for": {
			func(_ *spec.Scan, f *plan.Facts) {
				f.Hosts = spec.Hosts{{Host: spec.Local}}
				delete(f.Files, "known_hosts.workers")
			},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := static(), facts()
			c.change(s, &f)
			_, problems := plan.Compile(s, f)
			if len(problems) != len(c.want) {
				t.Fatalf("problems are\n%v\nwant %q", problems, c.want)
			}
			for i, p := range problems {
				if !strings.Contains(p.Error(), c.want[i]) {
					t.Errorf("problem %q, want %q", p.Error(), c.want[i])
				}
			}
		})
	}
}

func TestOnlyThePreHookAndTheWorkersMustBeThereBeforeThePreHook(t *testing.T) {
	f := facts()
	clear(f.Files)
	f.Counted = false
	_, problems := plan.Compile(base(), f)
	var got []string
	for _, p := range problems {
		got = append(got, p.Summary)
	}
	want := []string{"pre.sh isn't there", "nodes isn't there"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := problems[1].Hint; got != "the workers must be known before the pre hook runs" {
		t.Errorf("hint %q", got)
	}
}

func TestAnEmptyScriptMayBeFilledByThePreHook(t *testing.T) {
	f := facts()
	f.Files["remote.sh"] = plan.FileFacts{SHA256: "1"}
	if _, problems := plan.Compile(base(), f); len(problems) != 0 {
		t.Errorf("problems are %v, want none", problems)
	}
}

func TestOfAnInvalidScanAllThatDoesNotFollowIsJudged(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"files":          {"input: gone\nremote: gone.sh\nhosts: [local]\njobs: 0\n", []string{"gone.sh isn't there", "gone isn't there"}},
		"nothing said":   {"jobs: 0\n", nil},
		"wrong values":   {"input: -x\nremote: [a]\nhosts: [{port: 1}]\nmin_workers: 5\npassthrough: [a]\ndeploy_from: -y\n", nil},
		"wrong hook":     {"input: gone\nremote: gone.sh\nhosts: [local]\nhooks: {pre: -x}\n", nil},
		"wrong options":  {"input: gone\nremote: gone.sh\nhosts: [local]\ntargets: {user: -x}\nSCAN_ENV: {SSHOPTS: -z}\n", []string{"gone.sh isn't there", "gone isn't there"}},
		"not even YAML":  {"input: [\n", nil},
		"another format": {"- input\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			scan, problems := spec.Parse("scan.yaml", []byte("version: 1\nname: a\n"+c.text))
			if name == "another format" {
				scan, problems = spec.Parse("scan.yaml", []byte(c.text))
			}
			if !problems.HasErrors() {
				t.Fatal("it is valid")
			}
			var got []string
			for _, p := range plan.Judge(scan, plan.Facts{Hosts: scan.Hosts}) {
				got = append(got, p.Summary)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

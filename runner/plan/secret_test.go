package plan_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// secretive is a scan with secrets of either kind.
func secretive() *spec.Scan {
	s := static()
	s.ScanEnv = spec.Env{"LANG": {Text: "C"}, "DB_PASS": {FromFile: "~/db.pass"}}
	s.Remote.Env = spec.Env{"LC_ALL": {Text: "C"}, "TOKEN": {FromEnv: "CI_TOKEN"}, "KEY": {FromFile: "key"}}
	return s
}

func TestAPlanSaysWhereSecretsAreHadFrom(t *testing.T) {
	p := compile(t, secretive(), facts())
	want := []plan.Secret{
		{Key: "SCAN_ENV.DB_PASS", Name: "DB_PASS", FromFile: "~/db.pass"},
		{Key: "remote.env.KEY", Name: "KEY", FromFile: "key", Script: true},
		{Key: "remote.env.TOKEN", Name: "TOKEN", FromEnv: "CI_TOKEN", Script: true},
	}
	if diff := cmp.Diff(want, p.Secrets()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(&job.Secrets{Worker: []string{"DB_PASS"}, Script: []string{"KEY", "TOKEN"}}, p.Job.Secrets); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"LC_ALL": "C"}, p.Job.Env); diff != "" {
		t.Error(diff)
	}
	if env := find[plan.Launch](p).Env; !slices.Contains(env, "LANG=C") || len(env) != 2 {
		t.Errorf("the workers' environment is %q", env)
	}
	if got := want[0].From() + want[2].From(); got != "{from_file: ~/db.pass}{from_env: CI_TOKEN}" {
		t.Error(got)
	}
	if !slices.Contains(p.HomePaths(), "~/db.pass") {
		t.Errorf("from home come %q", p.HomePaths())
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var read plan.Plan
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, read.Secrets()); diff != "" {
		t.Error(diff)
	}
	if plain := compile(t, static(), facts()); plain.Secrets() != nil || plain.Job.Secrets != nil {
		t.Error("there are secrets where the scan has none")
	}
}

func TestAWorkerIsToldWhereItsSecretsAre(t *testing.T) {
	for launch, removed := range map[string]bool{"screen": true, "process": false} {
		s := secretive()
		s.Launch = launch
		p := compile(t, s, facts())
		l := find[plan.Launch](p)
		here := l.Command(p.Layout, plan.Worker{Local: true}, "xaa", job.Staged{})
		if here.Secrets != "" || !slices.Contains(here.Env, "SCANMASTER_SECRETS=-") {
			t.Errorf("on this machine: %+v", here)
		}
		there := l.Command(p.Layout, plan.Worker{Host: "scan1"}, "xaa", job.Staged{})
		if there.Secrets != ".cache/scanmaster/secrets.<RUN>.xaa" || !strings.Contains(there.ScriptText, " SCANMASTER_SECRETS=.cache/scanmaster/secrets.<RUN>.xaa ") {
			t.Errorf("%s: %+v", launch, there)
		}
		if got := strings.HasSuffix(there.ScriptText, "\nrm -f .cache/scanmaster/secrets.<RUN>.xaa\n"); got != removed {
			t.Errorf("%s: the script is %s", launch, there.ScriptText)
		}
		if check := l.Check(p.Layout, plan.Worker{Host: "scan1"}); strings.Contains(check.Line, "SECRETS") {
			t.Errorf("%s: it is asked for %s", launch, check.Line)
		}
	}
	p := compile(t, static(), facts())
	if c := find[plan.Launch](p).Command(p.Layout, plan.Worker{Host: "scan1"}, "xaa", job.Staged{}); c.Secrets != "" || strings.Contains(c.ScriptText, "SECRETS") {
		t.Errorf("without secrets: %+v", c)
	}
}

func TestAClassicScanslaveIsGivenNoSecrets(t *testing.T) {
	s := secretive()
	s.Deploy = spec.DeployNever
	if refused := find[plan.Probe](compile(t, s, facts())).Classic.Refused; !slices.Contains(refused, "SCAN_ENV.DB_PASS") || !slices.Contains(refused, "remote.env") {
		t.Errorf("it is refused for %q", refused)
	}
}

func TestASecretFromAHomeThatNobodyKnowsIsAProblem(t *testing.T) {
	f := facts()
	f.NoHome = true
	_, problems := plan.Compile(secretive(), f)
	if !strings.Contains(problems.Error(), "so that ~/db.pass names no file") {
		t.Error(problems)
	}
}

package spec_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/spec"
)

const wholePolicy = `version: 1
dir: [/mnt/scanmaster]
hosts: [scan*.example.com, headless@10.0.0.*, local]
known_hosts: [/etc/ssh/ssh_known_hosts]
deploy: [auto]
deploy_from: [/usr/lib/scanmaster]
shells: [bash -s, login]
max_jobs: 200
host_keys: [strict]
hooks: false
hook_env: [PATH, LC_*]
SCAN_ENV: [LANG, SCAN_*]
from_env: [CI_*]
from_file: [/etc/scanmaster/token]
`

func TestAPolicyIsReadAndKnowsItsPlaces(t *testing.T) {
	p, problems := spec.ParsePolicy("policy.yaml", []byte(wholePolicy))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := p.At("max_jobs").String(); got != "policy.yaml:8:11" {
		t.Errorf("max_jobs is at %s", got)
	}
	for field, value := range reflect.ValueOf(*p).Fields() {
		if field.IsExported() && field.Name != "Hooks" && value.IsZero() {
			t.Errorf("%s was not read: the text above lacks it", field.Name)
		}
	}
	p, problems = spec.ParsePolicy("policy.yaml", []byte("version: 1\n"))
	if len(problems) > 0 || !p.Hooks || p.Dir != nil {
		t.Errorf("a policy that says nothing is %+v (%v)", p, problems)
	}
	if diff := cmp.Diff(spec.DefaultScanEnv, p.ScanEnv); diff != "" {
		t.Error(diff)
	}
}

func TestABadPolicyIsToldWithItsPlaces(t *testing.T) {
	_, problems := spec.ParsePolicy("p", []byte(`dir: [mnt, /mnt/../etc]
hosts: []
maximal: 3
max_jobs: 0
deploy: [sometimes]
host_keys: [off, no-such]
shells: [""]
SCAN_ENV: ["*", LD-X]
known_hosts: /etc/known
hooks: never
deploy_from: ["[a"]
`))
	want := `p: version is missing (begin with version: 1)
p:1:7: dir[0] is no absolute path (a policy holds wherever a scan file is)
p:1:12: dir[1] is no plain path (did you mean /etc?)
p:2:1: hosts is empty (hosts: [local] runs it on this machine)
p:3:1: unknown key maximal
p:4:11: max_jobs is less than 1 (leave it out for no bound)
p:5:10: deploy[0] takes auto or never
p:6:18: host_keys[1] takes accept-new, strict or off
p:7:10: shells[0] is blank (did you mean bash -s, or login?)
p:8:12: SCAN_ENV[0] is no name of an environment variable (such as LANG, or LC_* for all that begin so)
p:8:17: SCAN_ENV[1] is no name of an environment variable (such as LANG, or LC_* for all that begin so)
p:9:14: known_hosts takes a list, not text (write […] around it)
p:10:8: hooks takes true or false, not text
p:11:15: deploy_from[0] is no absolute path (a policy holds wherever a scan file is)`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(problems.Error(), "\n")); diff != "" {
		t.Error(diff)
	}
}

func TestAPolicyThatCannotBeReadIsAProblem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if _, problems := spec.LoadPolicy(file); problems.Error() != file+": the policy can't be read: no such file or directory" {
		t.Error(problems)
	}
	if err := os.WriteFile(file, []byte(wholePolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, problems := spec.LoadPolicy(file); len(problems) > 0 || p.MaxJobs != 200 {
		t.Error(p, problems)
	}
	for _, text := range []string{"", "version: [1", "- a", "version: &a 1\n"} {
		if _, problems := spec.ParsePolicy("p", []byte(text)); !problems.HasErrors() {
			t.Errorf("%q is taken", text)
		}
	}
}

package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

func TestAlgorithmsGoToWorkersAndStandInTheSummary(t *testing.T) {
	s := static()
	s.ScanEnv = spec.Env{"SSHOPTS": {Text: "-o MACs=hmac-sha1"}}
	s.Targets.Algorithms = spec.Algorithms{
		KEX: []string{"curve25519-sha256", "ecdh-sha2-nistp256"}, Ciphers: []string{"aes256-ctr"},
		MACs: []string{"hmac-sha2-512"}, HostKeys: []string{"ssh-ed25519"},
	}
	p := compile(t, s, facts())
	if diff := cmp.Diff(plan.Algorithms(s.Targets.Algorithms), p.Summary.Algorithms); diff != "" {
		t.Error(diff)
	}
	_, options, _ := strings.Cut(find[plan.Launch](p).Env[0], "=")
	read, err := job.ParseSSHOPTS(options)
	if err != nil {
		t.Fatal(err)
	}
	got := spec.Algorithms{KEX: read.KexAlgorithms, Ciphers: read.Ciphers, MACs: read.MACs, HostKeys: read.HostKeyAlgorithms}
	if diff := cmp.Diff(s.Targets.Algorithms, got); diff != "" {
		t.Errorf("%s is read as something else\n%s", options, diff)
	}
}

func TestAlgorithmsThatAWorkerWouldRefuseAreAProblem(t *testing.T) {
	s := static()
	s.ScanEnv = spec.Env{"SSHOPTS": {Text: "-o Ciphers=-*"}}
	if _, problems := plan.Compile(s, facts()); len(problems) != 1 || !strings.Contains(problems[0].Summary, "no cipher is left") {
		t.Errorf("got %v", problems)
	}
	s.Deploy = spec.DeployNever // a classic worker's ssh(1) judges for itself
	if _, problems := plan.Compile(s, facts()); strings.Contains(problems.Error(), "cipher") {
		t.Errorf("got %v", problems)
	}
}

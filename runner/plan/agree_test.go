package plan_test

import (
	"strings"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// TestWhatIsSaidTwiceIsTheSame holds spec and job together, of which neither
// knows the other: a worker under a classic master does what a scan file that
// says nothing means, and a scan file can't set what a worker is told by.
func TestWhatIsSaidTwiceIsTheSame(t *testing.T) {
	want := job.Timeouts{
		Connect: spec.DefaultTimeouts.Connect.Std(),
		Banner:  spec.DefaultTimeouts.Banner.Std(),
		Auth:    spec.DefaultTimeouts.Auth.Std(),
		Run:     spec.DefaultTimeouts.Run.Std(),
		Idle:    spec.DefaultTimeouts.Idle.Std(),
		Hook:    spec.DefaultTimeouts.Hook.Std(),
	}
	if job.DefaultTimeouts != want {
		t.Errorf("timeouts: %v and %v", job.DefaultTimeouts, want)
	}
	if job.DefaultDir != spec.DefaultDir || job.DefaultJobs != spec.DefaultJobs || job.DefaultMaxOutput != spec.DefaultMaxOutput ||
		job.DefaultLease != spec.DefaultLease.Std() || job.Rerun != spec.OnUnknownRerun || job.Report != spec.OnUnknownReport {
		t.Error("the folder, the jobs, the output's cap, the lease or what is unknown differ")
	}
	if words := strings.Join(job.RetryKeys, "|"); spec.RetryPattern != "^("+words+")$" || job.MaxRetry != 10 {
		t.Errorf("what is tried again: %s and %s", words, spec.RetryPattern)
	}
	if int(job.JobsAuto) != int(spec.JobsAuto) || job.JobsAuto.String() != spec.JobsAuto.String() {
		t.Errorf("as many jobs as can be: %v and %v", job.JobsAuto, spec.JobsAuto)
	}
	args, err := job.ParseArgs([]string{"audit", "xaa"})
	if err != nil || args.Auth != spec.DefaultAuth {
		t.Errorf("auth: %q and %q, %v", args.Auth, spec.DefaultAuth, err)
	}
	options, err := job.ParseSSHOPTS("")
	if err != nil || options.Port != spec.DefaultPort || options.HostKeys != spec.DefaultHostKeys {
		t.Errorf("targets: %d %s and %d %s, %v", options.Port, options.HostKeys, spec.DefaultPort, spec.DefaultHostKeys, err)
	}
	for _, name := range []string{job.EnvFile, job.EnvSHA256, job.EnvSecrets} {
		_, problems := spec.Parse("scan.yaml", []byte("version: 1\nname: audit\ninput: i\nremote: r\nhosts: [local]\nSCAN_ENV: {"+name+": x}\n"))
		if len(problems) != 1 || problems[0].Summary != "SCAN_ENV."+name+" is scanmaster's own" {
			t.Errorf("%s: %v", name, problems)
		}
	}
	for _, name := range []string{"audit", "a.b_c-9", "", "..", "a..b", "-a", ".a", "a/b", "a b", "ä"} {
		_, problems := spec.Parse("scan.yaml", []byte("version: 1\ninput: i\nremote: r\nhosts: [local]\nname: '"+name+"'\n"))
		if bad := job.CheckName(name) != nil; bad != problems.HasErrors() {
			t.Errorf("the name %q: %v and %v", name, job.CheckName(name), problems)
		}
	}
}

package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/plan"
	"scanmaster/runner/policy"
	"scanmaster/spec"
)

// head is what is said of the script, unless that is said otherwise.
func head(said string) string {
	if strings.HasPrefix(said, "remote: ") {
		return ""
	}
	return "remote: remote.sh\n"
}

// compiled is the plan of a scan that says something beside what all have.
func compiled(t *testing.T, said string, hosts ...spec.Host) plan.Plan {
	t.Helper()
	scan, problems := spec.Parse("scan.yaml", []byte(head(said)+"version: 1\nname: kernel\ninput: targets\nhosts: {file: nodes}\n"+said))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	if hosts == nil {
		hosts = spec.Hosts{{Host: "scan1.example.com"}, {Host: "local"}}
	}
	file := plan.FileFacts{SHA256: strings.Repeat("a", 64), Size: 1, Lines: 1, Executable: true}
	files := map[string]plan.FileFacts{"targets": file, "remote.sh": file, "nodes": file, "x.sh": file, "known": file, "builds": {}}
	p, problems := plan.Compile(scan, plan.Facts{Base: "/repo", Home: "/home/me", Files: files, Hosts: hosts, Counted: true, Targets: 9, Run: "R", Min: "M"})
	for _, problem := range problems {
		if problem.Severity == 0 && !strings.Contains(problem.Summary, "honoured") {
			t.Fatal(problem)
		}
	}
	return p
}

// judge gives what a policy doesn't allow of a plan, a line each.
func judge(t *testing.T, p plan.Plan, allowed string) []string {
	t.Helper()
	rules, problems := spec.ParsePolicy("policy", []byte("version: 1\n"+allowed))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var all []string
	for _, v := range policy.Judge(p, rules, "/home/me") {
		all = append(all, v.Key+" @ "+v.Pos.String()+": "+strings.TrimSuffix(v.Summary, ", which the policy doesn't allow")+" ["+v.Allowed+"]")
	}
	return all
}

func TestWhatAPolicyAllows(t *testing.T) {
	const everything = "dir: [/mnt]\nhosts: ['scan?.Example.com', local]\nknown_hosts: [/repo/known]\ndeploy: [auto]\ndeploy_from: [/repo/builds]\n" +
		"shells: [bash  -s]\nmax_jobs: 175\nhost_keys: [accept-new]\nhooks: true\nSCAN_ENV: [X_*]\n"
	p := compiled(t, "known_hosts: known\ndeploy_from: builds\nhooks: {pre: x.sh, post_chunk: x.sh, aggregate: x.sh}\nSCAN_ENV: {X_Y: z}\npassthrough: [-I]\nchecks: {ping: false}\n")
	if all := judge(t, p, everything); all != nil {
		t.Error(all)
	}
	if all := judge(t, compiled(t, ""), ""); all != nil {
		t.Errorf("a policy that says nothing refuses %v", all)
	}
}

func TestWhatAPolicyRefuses(t *testing.T) {
	user := spec.Host{Host: "scan1", User: "root"}
	for name, c := range map[string]struct {
		said, allowed string
		hosts         []spec.Host
		want          []string
	}{
		"dir":            {said: "dir: /mnt/scanmaster2", allowed: "dir: [/mnt/scanmaster, /srv]", want: []string{"dir @ policy:2:1: dir is /mnt/scanmaster2 [/mnt/scanmaster, /srv]"}},
		"dir, relative":  {said: "dir: ../mnt", allowed: "dir: [/repo]", want: []string{"dir @ policy:2:1: dir is /mnt [/repo]"}},
		"dir, at home":   {said: "dir: ~/x", allowed: "dir: [/mnt]", want: []string{"dir @ policy:2:1: dir is /home/me/x [/mnt]"}},
		"local":          {allowed: "hosts: [scan*]", want: []string{"hosts @ policy:2:1: a worker is local [scan*]"}},
		"a user":         {allowed: "hosts: [scan1]", hosts: []spec.Host{user}, want: []string{"hosts @ policy:2:1: a worker is root@scan1 [scan1]"}},
		"no user":        {allowed: "hosts: ['*@scan1']", hosts: []spec.Host{{Host: "scan1"}}, want: []string{"hosts @ policy:2:1: a worker is scan1 [*@scan1]"}},
		"another user":   {allowed: "hosts: [me@scan1]", hosts: []spec.Host{user}, want: []string{"hosts @ policy:2:1: a worker is root@scan1 [me@scan1]"}},
		"known_hosts":    {said: "known_hosts: known", allowed: "known_hosts: [/etc/known]", want: []string{"known_hosts @ policy:2:1: known_hosts is known [/etc/known]"}},
		"no known_hosts": {allowed: "known_hosts: [/etc/known]", want: []string{"known_hosts @ policy:2:1: known_hosts is ~/.ssh/known_hosts [/etc/known]"}},
		"deploy":         {said: "deploy: never", allowed: "deploy: [auto]", want: []string{"deploy @ policy:2:1: deploy is never [auto]"}},
		"builds":         {said: "deploy_from: builds", allowed: "deploy: [auto]", want: []string{"deploy_from @ policy: deploy_from is /repo/builds []"}},
		"other builds":   {said: "deploy_from: builds", allowed: "deploy_from: [/b]", want: []string{"deploy_from @ policy:2:1: deploy_from is /repo/builds [/b]"}},
		"shell":          {said: "shell: login", allowed: "shells: [sh -s]", want: []string{"shell @ policy:2:1: the shell is login [sh -s]"}},
		"jobs":           {said: "jobs: 201", allowed: "max_jobs: 200", want: []string{"jobs @ policy:2:11: jobs is 201 [200 on a host]"}},
		"jobs: auto":     {said: "jobs: auto", allowed: "max_jobs: 200", want: []string{"jobs @ policy:2:11: jobs is auto [200 on a host]"}},
		"one host twice": {
			said: "jobs: 101", allowed: "max_jobs: 200", hosts: []spec.Host{{Host: "a"}, {Host: "b"}, {Host: "A", Port: 23}},
			want: []string{"jobs @ policy:2:11: jobs is 101 for each of 2 workers on A [200 on a host]"},
		},
		"host keys": {
			said: "targets: {host_keys: off}", allowed: "host_keys: [strict]",
			want: []string{"targets.host_keys @ policy:2:1: targets.host_keys is off [strict]"},
		},
		"host keys, undone": {
			said: "targets: {host_keys: strict}\nSCAN_ENV: {SSHOPTS: -o UserKnownHostsFile=/tmp/k}", allowed: "host_keys: [strict]",
			want: []string{"SCAN_ENV.SSHOPTS @ policy:2:1: SSHOPTS names /tmp/k as a file of host keys [strict]"},
		},
		"host keys, not known": {
			said: "SCAN_ENV: {SSHOPTS: -F /tmp/config}", allowed: "host_keys: [accept-new]",
			want: []string{"SCAN_ENV.SSHOPTS @ policy:2:1: what SSHOPTS: -F can't be honoured; -J, -i, -l, -o and -p can says isn't known [accept-new]"},
		},
		"hooks": {
			said: "hooks: {pre: x.sh, post_chunk: x.sh, aggregate: x.sh}", allowed: "hooks: false",
			want: []string{
				"hooks.pre @ policy:2:8: hooks.pre is x.sh [no hooks]", "hooks.post_chunk @ policy:2:8: there is a hooks.post_chunk [no hooks]",
				"hooks.aggregate @ policy:2:8: hooks.aggregate is x.sh [no hooks]",
			},
		},
		"hooks, with all": {
			said: "hooks: {post_chunk: x.sh}", allowed: "hook_env: [PATH, LC_*]",
			want: []string{"hook_env @ policy:2:1: hooks get all of the environment, since there is no hook_env [PATH, LC_*]"},
		},
		"hooks, with more": {
			said: "hooks: {pre: x.sh}\nhook_env: [PATH, LC_ALL, LC_*, L*, TOKEN]", allowed: "hook_env: [PATH, LC_*]",
			want: []string{"hook_env[3] @ policy:2:1: hooks get L* [PATH, LC_*]", "hook_env[4] @ policy:2:1: hooks get TOKEN [PATH, LC_*]"},
		},
		"no hooks, with all": {said: "hook_env: [TOKEN]", allowed: "hook_env: [PATH]"},
		"SCAN_ENV": {
			said: "SCAN_ENV: {HOME: /x, LANG: C, LC_ALL: C, LD_PRELOAD: x}", want: []string{
				"SCAN_ENV.HOME @ policy: SCAN_ENV sets HOME [LANG, LC_*, TZ]", "SCAN_ENV.LD_PRELOAD @ policy: SCAN_ENV sets LD_PRELOAD [LANG, LC_*, TZ]",
			},
		},
		"secrets": {
			said:    "remote: {script: remote.sh, env: {A: {from_env: AWS_KEY}, B: {from_env: CI_B}, C: {from_file: key}, D: {from_file: /etc/d}}}\nSCAN_ENV: {TZ: {from_env: CI_TZ}, X: {from_env: CI_X}}",
			allowed: "from_env: [CI_*]\nfrom_file: [/etc/d]",
			want: []string{
				"SCAN_ENV.X @ policy: SCAN_ENV sets X [LANG, LC_*, TZ]",
				"remote.env.A @ policy:2:1: remote.env.A is had {from_env: AWS_KEY} [CI_*]",
				"remote.env.C @ policy:3:1: remote.env.C is had {from_file: key} [/etc/d]",
			},
		},
		"passthrough": {said: "passthrough: [-j]\ndeploy: never", want: []string{"passthrough @ policy: passthrough holds other flags [-I, -P, -S]"}},
	} {
		if diff := cmp.Diff(c.want, judge(t, compiled(t, c.said, c.hosts...), c.allowed)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestOfASecretNobodySpokeOfWhoIsNotTrustedHasNone(t *testing.T) {
	p := compiled(t, "remote: {script: remote.sh, env: {A: {from_env: CI_A}, B: {from_env: AWS_B}, C: {from_file: c}}}")
	if all := judge(t, p, ""); all != nil {
		t.Errorf("a policy that says nothing of secrets refuses %v", all)
	}
	if all := policy.Judge(p, nil, "/home/me"); all != nil {
		t.Errorf("where there is no policy %v is refused", all)
	}
	p.Confined = true
	rules, problems := spec.ParsePolicy("policy", []byte("version: 1\nfrom_env: [CI_*]\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		allowed *spec.Policy
		want    string
	}{{nil, "remote.env.A remote.env.B remote.env.C"}, {rules, "remote.env.B remote.env.C"}} {
		var keys []string
		for _, v := range policy.Judge(p, c.allowed, "/home/me") {
			keys = append(keys, v.Key)
		}
		if got := strings.Join(keys, " "); got != c.want {
			t.Errorf("refused are %s, want %s", got, c.want)
		}
	}
}

func TestWhoOnlyLogsInIsJudgedByTheHosts(t *testing.T) {
	p := compiled(t, "jobs: 500\nshell: login", spec.Host{Host: "evil"})
	rules, problems := spec.ParsePolicy("policy", []byte("version: 1\nhosts: [scan*]\nmax_jobs: 9\nshells: [sh -s]\nknown_hosts: [/etc/known]\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var keys []string
	for _, v := range policy.JudgeHosts(p, rules, "/home/me") {
		keys = append(keys, v.Key)
	}
	if got := strings.Join(keys, " "); got != "hosts known_hosts" {
		t.Errorf("refused are %s", got)
	}
	if all := policy.JudgeHosts(p, nil, "/home/me"); all != nil {
		t.Errorf("where there is no policy %v is refused", all)
	}
}

func TestManyWorkersAreToldInFew(t *testing.T) {
	var hosts []spec.Host
	for i := range 50 {
		hosts = append(hosts, spec.Host{Host: "evil", Port: i + 1})
	}
	all := judge(t, compiled(t, "", hosts...), "hosts: [scan*]")
	if len(all) != 6 || !strings.Contains(all[5], "so are 45 more workers") {
		t.Error(strings.Join(all, "\n"))
	}
}

// TestAPlanThatWasChangedIsJudgedByWhatItDoes has plans that say one thing to whoever
// reads them, and do another.
func TestAPlanThatWasChangedIsJudgedByWhatItDoes(t *testing.T) {
	whole := compiled(t, "shell: sh -s\ntargets: {host_keys: strict}")
	data, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*plan.Plan, *plan.Launch){
		"hosts":             func(_ *plan.Plan, l *plan.Launch) { l.Workers[0].Host = "evil" },
		"deploy":            func(_ *plan.Plan, l *plan.Launch) { l.Deploy = "never" },
		"shell":             func(p *plan.Plan, _ *plan.Launch) { p.Job.Shell = []string{"perl"} },
		"targets.host_keys": func(_ *plan.Plan, l *plan.Launch) { l.Env = append(l.Env, "SSHOPTS=-o StrictHostKeyChecking=no") },
	} {
		var p plan.Plan
		if err := json.Unmarshal(data, &p); err != nil {
			t.Fatal(err)
		}
		for i, s := range p.Steps {
			if launch, ok := s.(plan.Launch); ok {
				change(&p, &launch)
				p.Steps[i] = launch
			}
		}
		all := judge(t, p, "hosts: [scan1.example.com, local]\ndeploy: [auto]\nshells: [sh -s]\nhost_keys: [strict]")
		if len(all) != 1 || !strings.HasPrefix(all[0], name+" @") {
			t.Errorf("%s: %q", name, all)
		}
	}
}

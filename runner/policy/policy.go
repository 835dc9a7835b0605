// Package policy says where a plan is not what the one who keeps the master's machine
// allows. It is pure, and judges the plan alone, so that it holds for whatever
// carries one out.
package policy

import (
	"fmt"
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/diag"
)

// Violation is one thing that a policy doesn't allow.
type Violation struct {
	// Key is that of the scan file which says it, such as "hosts[1]".
	Key string
	// Summary says in a sentence what isn't allowed. It may hold text of the scan
	// file.
	Summary string
	// Pos is where the policy says so, Allowed what it allows there.
	Pos     diag.Pos
	Allowed string
}

// Judge gives all that a policy doesn't allow of a plan with the real paths of its
// run. Home is what "~" stands for. Where there is no policy, a plan whose scan file
// isn't trusted may still have no secrets: what it runs could send them anywhere.
func Judge(p plan.Plan, allowed *spec.Policy, home string) []Violation {
	if allowed == nil {
		j := &judge{plan: p, policy: &spec.Policy{ScanEnv: []string{"*"}}, home: home}
		if p.Confined {
			j.secrets()
		}
		return j.found
	}
	j := &judge{plan: p, policy: allowed, home: home}
	j.dir()
	j.workers()
	j.deployment()
	j.jobs()
	j.script()
	j.trust()
	j.environment()
	j.secrets()
	return j.found
}

// JudgeHosts is Judge for those who log in to the workers of a run and start nothing
// there: only which hosts these are, and by which keys they are known, is judged. The
// policy may be nil.
func JudgeHosts(p plan.Plan, allowed *spec.Policy, home string) []Violation {
	if allowed == nil {
		return nil
	}
	j := &judge{plan: p, policy: allowed, home: home}
	j.workers()
	return j.found
}

// judge is a judgement under way.
type judge struct {
	plan   plan.Plan
	policy *spec.Policy
	home   string
	found  []Violation
}

// refuse adds a violation of a key of the policy.
func (j *judge) refuse(key, by string, allowed []string, format string, args ...any) {
	j.found = append(j.found, Violation{
		Key: key, Summary: fmt.Sprintf(format, args...) + ", which the policy doesn't allow",
		Pos: j.policy.At(by), Allowed: strings.Join(allowed, ", "),
	})
}

// step gives the plan's step of a kind, and whether there is one.
func step[T plan.Step](p plan.Plan) (found T, ok bool) {
	for _, s := range p.Steps {
		if s, is := s.(T); is {
			return s, true
		}
	}
	return found, false
}

func (j *judge) dir() {
	if j.policy.Dir == nil || slices.ContainsFunc(j.policy.Dir, func(root string) bool { return below(root, j.plan.Layout.Dir) }) {
		return
	}
	j.refuse("dir", "dir", j.policy.Dir, "dir is %s", j.plan.Layout.Dir)
}

// jobs bounds what all workers of a host have in hand together: a host may stand in
// the list more than once.
func (j *judge) jobs() {
	launch, _ := step[plan.Launch](j.plan)
	most := j.policy.MaxJobs
	if most == 0 {
		return
	}
	allowed := []string{fmt.Sprintf("%d on a host", most)}
	if launch.Args.Jobs < 1 {
		j.refuse("jobs", "max_jobs", allowed, "jobs is %v", launch.Args.Jobs)
		return
	}
	workers := make(map[string]int)
	for _, w := range launch.Workers {
		host := strings.ToLower(w.Host)
		if workers[host]++; int(launch.Args.Jobs) <= most/workers[host] {
			continue
		}
		each := ""
		if workers[host] > 1 {
			each = fmt.Sprintf(" for each of %d workers on %s", workers[host], w.Host)
		}
		j.refuse("jobs", "max_jobs", allowed, "jobs is %v%s", launch.Args.Jobs, each)
		return
	}
}

// script judges what runs besides the script: its shell, and hooks.
func (j *judge) script() {
	shell := strings.Join(j.plan.Job.Shell, " ")
	if shell == "" {
		shell = spec.ShellLogin
	}
	if j.policy.Shells != nil && !slices.ContainsFunc(j.policy.Shells, func(s string) bool { return strings.Join(strings.Fields(s), " ") == shell }) {
		j.refuse("shell", "shells", j.policy.Shells, "the shell is %s", shell)
	}
	if j.policy.Hooks {
		j.hookEnv()
		return
	}
	none := []string{"no hooks"}
	if pre, ok := step[plan.Pre](j.plan); ok {
		j.refuse("hooks.pre", "hooks", none, "hooks.pre is %s", pre.Hook.Path)
	}
	if launch, _ := step[plan.Launch](j.plan); launch.Args.PostChunk != "" || j.plan.Job.PostChunk != nil {
		j.refuse("hooks.post_chunk", "hooks", none, "there is a hooks.post_chunk")
	}
	if last, ok := step[plan.Aggregate](j.plan); ok {
		j.refuse("hooks.aggregate", "hooks", none, "hooks.aggregate is %s", last.Hook.Path)
	}
}

// hookEnv judges what hooks get of the environment, where there are any.
func (j *judge) hookEnv() {
	_, pre := step[plan.Pre](j.plan)
	launch, _ := step[plan.Launch](j.plan)
	_, last := step[plan.Aggregate](j.plan)
	if j.policy.HookEnv == nil || !pre && !last && launch.Args.PostChunk == "" && j.plan.Job.PostChunk == nil {
		return
	}
	if j.plan.Job.HookEnv == nil {
		j.refuse("hook_env", "hook_env", j.policy.HookEnv, "hooks get all of the environment, since there is no hook_env")
	}
	for i, name := range j.plan.Job.HookEnv {
		if !job.MatchEnv(j.policy.HookEnv, name) { // a pattern is in another as a name is
			j.refuse(fmt.Sprintf("hook_env[%d]", i), "hook_env", j.policy.HookEnv, "hooks get %s", name)
		}
	}
}

// environment judges what workers get of SCAN_ENV, and what is handed on to them.
func (j *judge) environment() {
	launch, _ := step[plan.Launch](j.plan)
	for _, variable := range launch.Env {
		name, _, _ := strings.Cut(variable, "=")
		if name != options && !job.MatchEnv(j.policy.ScanEnv, name) {
			j.refuse("SCAN_ENV."+name, "SCAN_ENV", j.policy.ScanEnv, "SCAN_ENV sets %s", name)
		}
	}
	if _, err := job.ParsePassthrough(launch.Args.Passthrough); err != nil {
		// What a classic worker would make of it nobody knows.
		j.refuse("passthrough", "", []string{"-I", "-P", "-S"}, "passthrough holds other flags")
	}
}

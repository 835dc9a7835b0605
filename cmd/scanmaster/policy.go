package main

import (
	"fmt"

	"scanmaster/cmd/internal/gather"
	"scanmaster/cmd/internal/render"
	"scanmaster/runner/plan"
	"scanmaster/runner/policy"
	"scanmaster/spec"
	"scanmaster/spec/diag"
	"scanmaster/spec/open"
)

// policyVariable names the file of what scan files may say on this machine.
const policyVariable = "SCANMASTER_POLICY"

// policy reads what scan files may say; nil where nobody says so. One that can't be
// gone by stops everything: the error is an exit status then, since all has been said.
func (a *app) policy() (*spec.Policy, error) {
	path := a.getenv(policyVariable)
	if path == "" {
		return nil, nil
	}
	p, problems := spec.LoadPolicy(path)
	if len(problems) == 0 {
		return p, nil
	}
	// What can't be read can't be quoted either, and its problem says so.
	source, _ := gather.Source(open.Anywhere, path)
	if err := render.Problems(a.stderr, problems, func(string) []byte { return source }); err != nil {
		return nil, err
	}
	return nil, &exitError{status: exitUsage}
}

// judged gives what a policy doesn't allow of a scan file, as problems with it.
func (a *app) judged(scan *spec.Scan, facts plan.Facts, allowed *spec.Policy) diag.List {
	if allowed == nil && facts.Confined == nil {
		return nil
	}
	p, _ := plan.Compile(scan, facts) // whose own problems are told once
	return a.violations(p, allowed, scan.At)
}

// violations gives what a policy doesn't allow of a plan, each at the place of its key.
// The policy may be nil: a plan whose scan file isn't trusted is bounded even so.
func (a *app) violations(p plan.Plan, allowed *spec.Policy, at func(key string) diag.Pos) diag.List {
	return problemsOf(policy.Judge(p, allowed, a.getenv("HOME")), at)
}

// problemsOf makes problems of what a policy doesn't allow.
func problemsOf(found []policy.Violation, at func(key string) diag.Pos) diag.List {
	var problems diag.List
	for _, v := range found {
		hint := fmt.Sprintf("%v allows %s", v.Pos, v.Allowed)
		switch {
		case v.Pos.File == "":
			hint = "with --confine a policy has to allow it, in the file that " + policyVariable + " names"
		case v.Allowed == "":
			hint = v.Pos.String() + " allows none"
		}
		problems.Errorf(at(v.Key), hint, "%s", v.Summary)
	}
	return problems
}

// hold refuses to carry out a plan that the policy doesn't allow, wherever it comes
// from: the scan file that it was made of may have been judged by another one, or by
// none.
func (a *app) hold(p plan.Plan) error { return a.holdTo(p, policy.Judge) }

// holdHosts refuses to log in to the workers of a run that the policy doesn't allow. A
// run that breaks it otherwise may be looked at, and ended.
func (a *app) holdHosts(p plan.Plan) error { return a.holdTo(p, policy.JudgeHosts) }

// holdTo refuses what a judgement of a run's plan finds.
func (a *app) holdTo(p plan.Plan, judge func(plan.Plan, *spec.Policy, string) []policy.Violation) error {
	allowed, err := a.policy()
	if err != nil {
		return err
	}
	run := func(string) diag.Pos { return diag.Pos{File: "run " + p.Layout.Run} }
	problems := problemsOf(judge(p, allowed, a.getenv("HOME")), run)
	if err := render.Problems(a.stderr, problems, nil); err != nil {
		return err
	}
	if problems.HasErrors() {
		return &exitError{status: exitUsage}
	}
	return nil
}

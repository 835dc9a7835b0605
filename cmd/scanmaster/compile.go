package main

import (
	"context"
	"errors"
	"time"

	"scanmaster/cmd/internal/ci"
	"scanmaster/cmd/internal/gather"
	"scanmaster/cmd/internal/render"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/diag"
	"scanmaster/spec/open"
)

// source is a scan as it was read, its problems, how these are shown, what opens
// the files that it names, and the part of its targets that is meant.
type source struct {
	scan     *spec.Scan
	problems diag.List
	show     func(*app, diag.List) error
	files    open.Opener
	limit    plan.Limit
	// confined has the plan be one of a scan file that isn't trusted.
	confined bool
	// flags say again what a command line has otherwise than the scan file.
	flags []string
	// hold refuses a run that isn't what was expected; it may be nil.
	hold func(*app, source, plan.Facts) error
	// planned is the digest of the plan that was expected; empty where none was.
	planned string
	// rerun tells that the scan is of some targets of an earlier run; it may be nil.
	rerun *plan.Rerun
}

// fromFile reads a scan file, in the place of whose values settings stand.
func fromFile(path string, from open.Opener, settings ...spec.Setting) source {
	scan, problems := spec.LoadFrom(from, path, settings...)
	show := func(a *app, problems diag.List) error { return a.show(scan, problems) }
	return source{scan: scan, problems: problems, show: show, files: from}
}

// compile finds out what a plan needs to know of a scan, and compiles the plan. All
// problems are shown; the error is errInvalid where one of them stops the scan. The
// caller names the run: see dryRun.
func (a *app) compile(ctx context.Context, s source, name func(*plan.Facts)) (plan.Plan, error) {
	allowed, err := a.policy()
	if err != nil {
		return plan.Plan{}, err
	}
	scan, problems := s.scan, s.problems
	if !scan.Readable() {
		return plan.Plan{}, s.show(a, problems)
	}
	facts, more := gather.Limited(ctx, scan, a.getenv("HOME"), s.files, s.limit)
	if ctx.Err() != nil {
		return plan.Plan{}, context.Cause(ctx)
	}
	problems = append(problems, more...)
	if problems.HasErrors() {
		// All at once: what the files show is told beside what the scan file does.
		return plan.Plan{}, s.show(a, append(problems, plan.Judge(scan, facts)...))
	}
	facts.Rerun = s.rerun
	if s.confined {
		facts.Confined = confinementBy(allowed)
	}
	problems = append(problems, a.judged(scan, facts, allowed)...) // by the real paths
	named := facts
	name(&named)
	p, still := plan.Compile(scan, named)
	p.Planned = s.planned
	if err := s.show(a, append(problems, still...)); err != nil || s.hold == nil {
		return p, err
	}
	return p, s.hold(a, s, facts)
}

// compileRun compiles the plan of a run that begins now. Where the scan file is
// invalid, the error is an exit status, since all has been said. With empty an
// input may have no targets.
func (a *app) compileRun(ctx context.Context, s source, empty bool) (plan.Plan, error) {
	bin, err := a.program()
	if err != nil {
		return plan.Plan{}, err
	}
	p, err := a.compile(ctx, s, func(f *plan.Facts) {
		now := time.Now()
		f.Run, f.Min, f.Bin, f.Empty = job.NewRun(now), job.Min(now), bin, empty
	})
	if isInvalid(err) {
		err = &exitError{status: exitUsage}
	}
	return p, err
}

// dryRun names a run that nothing is done for.
func dryRun(f *plan.Facts) {
	f.Base, f.Home = plan.BasePlaceholder, plan.HomePlaceholder
	f.Run, f.Min, f.Bin = plan.RunPlaceholder, plan.MinPlaceholder, plan.BinPlaceholder
}

// show tells people of the problems with a scan file.
func (a *app) show(scan *spec.Scan, problems diag.List) error {
	problems.Sort()
	unsaid := render.Problems(a.stderr, problems, scan.Text)
	system := a.system
	if system == "" {
		system = ci.Here(a.getenv)
	}
	if system == ci.GitHub {
		unsaid = errors.Join(unsaid, ci.Problems(a.stderr, problems))
	}
	return shown(problems, unsaid)
}

// shown gives errInvalid where problems that were shown stop a scan.
func shown(problems diag.List, unsaid error) error {
	if unsaid == nil && problems.HasErrors() {
		return errInvalid
	}
	return unsaid
}

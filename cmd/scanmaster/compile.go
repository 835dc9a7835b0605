package main

import (
	"context"
	"time"

	"scanmaster/cmd/internal/gather"
	"scanmaster/cmd/internal/render"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/diag"
)

// compile reads a scan file, finds out what a plan needs to know, and compiles
// the plan. All problems are shown; the error is errInvalid where one of them
// stops the scan. The caller names the run: see dryRun.
func (a *app) compile(ctx context.Context, file string, name func(*plan.Facts)) (plan.Plan, error) {
	scan, problems := spec.Load(file)
	if !scan.Readable() {
		return plan.Plan{}, a.show(file, problems)
	}
	facts, more := gather.Facts(ctx, scan, a.getenv("HOME"))
	if ctx.Err() != nil {
		return plan.Plan{}, context.Cause(ctx)
	}
	problems = append(problems, more...)
	if problems.HasErrors() {
		// All at once: what the files show is told beside what the scan file does.
		return plan.Plan{}, a.show(file, append(problems, plan.Judge(scan, facts)...))
	}
	name(&facts)
	p, still := plan.Compile(scan, facts)
	return p, a.show(file, append(problems, still...))
}

// compileRun compiles the plan of a run that begins now. Where the scan file is
// invalid, the error is an exit status, since all has been said. With empty an
// input may have no targets.
func (a *app) compileRun(ctx context.Context, file string, empty bool) (plan.Plan, error) {
	bin, err := a.program()
	if err != nil {
		return plan.Plan{}, err
	}
	p, err := a.compile(ctx, file, func(f *plan.Facts) {
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
func (a *app) show(file string, problems diag.List) error {
	problems.Sort()
	// What can't be read can't be quoted either, and its problem says so.
	source, _ := gather.Source(file)
	if err := render.Problems(a.stderr, problems, file, source); err != nil {
		return err
	}
	if problems.HasErrors() {
		return errInvalid
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"scanmaster/cmd/internal/render"
	"scanmaster/cmd/internal/saved"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec/open"
)

// expected gives the scan that apply was told of: by its file, by a saved plan, or
// by its file with the digest of its plan. What differs from the plan is refused
// before anything is touched.
func (a *app) expected(file string, how applyFlags) (source, error) {
	p, err := readSaved(a.filesOf(how.bounds, file), file)
	switch {
	case errors.Is(err, saved.ErrNoPlan), errors.Is(err, fs.ErrNotExist):
		s := a.fromBounded(how.changes, file, how.bounds)
		if how.expect != "" {
			s.hold, s.planned = holdDigest(file, how.expect), how.expect
		}
		return s, nil
	case err != nil:
		return source{}, err
	case !how.none():
		return source{}, &exitError{exitUsage, fmt.Errorf("--set and --limit can't go with %s: what a saved plan was made with holds", file)}
	}
	digest, err := saved.Digest(p)
	if err != nil {
		return source{}, err
	}
	if how.expect != "" && digest != how.expect {
		return source{}, fmt.Errorf("%s is the plan %s, and %s was expected", file, digest, how.expect)
	}
	with, err := planned(p)
	if err != nil {
		return source{}, fmt.Errorf("%s: %w", file, err)
	}
	bounds := how.bounds.as(p)
	if err := a.findPlanned(p.File, bounds); err != nil {
		return source{}, fmt.Errorf("%s is a plan of %s, which %w", file, p.File, err)
	}
	s := a.fromBounded(with, p.File, bounds)
	s.hold, s.planned = holdPlan(file, p), digest
	return s, nil
}

// readSaved reads a saved plan, where the file may be read at all.
func readSaved(from open.Opener, file string) (plan.Plan, error) {
	f, _, err := from.Open(file)
	if err != nil {
		return plan.Plan{}, saved.ErrNoPlan // whoever reads it as a scan file says why not
	}
	defer f.Close()
	return saved.ReadFrom(f, file)
}

// findPlanned finds the scan file that a saved plan names. The error completes a
// sentence that begins with its name. A plan may be a stranger's as the scan file is:
// it doesn't choose which repository is read, so that where that is bounded, it is the
// one of the working directory.
func (a *app) findPlanned(scan string, bounds confinement) error {
	files := open.Anywhere
	if a.confines(bounds) {
		if !filepath.IsLocal(scan) {
			return errors.New("isn't below this folder, and --confine takes no other from a plan: make the plan in the folder that it is applied from")
		}
		files = a.filesOf(bounds, filepath.Base(scan))
	}
	f, _, err := files.Open(scan)
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("isn't there: apply it from the folder that it was planned in")
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// holdPlan refuses what isn't what a saved plan says, and names what differs.
func holdPlan(file string, old plan.Plan) func(*app, source, plan.Facts) error {
	return func(a *app, s source, f plan.Facts) error {
		now, err := a.dryPlan(s, f)
		if err != nil {
			return err
		}
		changes, err := plan.Changes(old, now)
		if err != nil || len(changes) == 0 {
			return err
		}
		return fmt.Errorf("this is not what was planned any more, and nothing was done:\n%slook at it with: scanmaster %s %s --against %s",
			render.Changes(changes), s.planVerb(), job.Quote(s.scan.File()), job.Quote(file))
	}
}

// holdDigest refuses what isn't the plan of a digest.
func holdDigest(file, digest string) func(*app, source, plan.Facts) error {
	return func(a *app, s source, f plan.Facts) error {
		now, err := a.dryPlan(s, f)
		if err != nil {
			return err
		}
		is, err := saved.Digest(now)
		if err != nil || is == digest {
			return err
		}
		return fmt.Errorf("this is not what was planned any more, and nothing was done: the plan is\n  %s, and not\n  %s\n"+
			"where that plan was saved, this names what has changed: scanmaster %s %s --against PLAN", is, digest, s.planVerb(), job.Quote(file))
	}
}

// planVerb are the words that plan a source as it is applied.
func (s source) planVerb() string {
	if s.confined {
		return "plan --confine"
	}
	return "plan"
}

package gather

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"

	"scanmaster/runner"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// Run is a run of a scan, as it stands in the shared folder.
type Run struct {
	// Plan is what it carries out.
	Plan plan.Plan
	// State is how far it is.
	State journal.State
}

// LastRun reads what the last run of a scan has left below dir. The error tells
// where there is none, or none that has begun; it is a *runner.DamagedError where
// one has, and lacks what it takes to go on with it.
func LastRun(dir, name string) (Run, error) {
	return inScan(dir, name, func(prefix *share.Dir) (r Run, err error) {
		run, state, err := runner.LastRun(prefix)
		if err != nil {
			return Run{}, err
		}
		if run == "" {
			return Run{}, runner.ErrNoRun
		}
		r.State = state
		r.Plan, err = runner.ReadPlan(prefix, run)
		if errors.Is(err, fs.ErrNotExist) && !state.Dealt {
			err = fmt.Errorf("%s: %w", run, runner.ErrNotBegun)
		} else if errors.Is(err, fs.ErrNotExist) {
			err = &runner.DamagedError{Run: run, Reason: err}
		}
		return r, err
	})
}

// LastPlan reads what the last run of a scan carries out, whatever else has
// become of it.
func LastPlan(dir, name string) (plan.Plan, error) {
	return inScan(dir, name, func(prefix *share.Dir) (plan.Plan, error) {
		run, _, unknown := runner.LastRun(prefix)
		if run == "" {
			return plan.Plan{}, cmp.Or(unknown, runner.ErrNoRun)
		}
		p, err := runner.ReadPlan(prefix, run)
		if errors.Is(err, fs.ErrNotExist) {
			err = cmp.Or(unknown, fmt.Errorf("%s: %w", run, runner.ErrNotBegun))
		}
		return p, err
	})
}

// inScan reads something in the folder of a scan.
func inScan[T any](dir, name string, read func(prefix *share.Dir) (T, error)) (T, error) {
	var none T
	base, err := share.Open(dir)
	if err != nil {
		return none, fmt.Errorf("the shared folder: %w", err)
	}
	defer base.Close()
	prefix, err := base.Sub(job.ChunkedDir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return none, fmt.Errorf("no scan of that name has run: %w", err)
	}
	if err != nil {
		return none, err
	}
	defer prefix.Close()
	return read(prefix)
}

// ChunksOf gives the chunks that a worker was started on last.
func (r Run) ChunksOf(worker string) []string {
	var chunks []string
	for _, c := range r.State.Chunks {
		if c.Worker == worker {
			chunks = append(chunks, c.Name)
		}
	}
	return chunks
}

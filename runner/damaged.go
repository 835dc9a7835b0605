package runner

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// DamagedError tells that a run has begun, and that something is missing or
// unreadable without which it can't be taken up.
type DamagedError struct {
	Run string
	// Reason says what, with its path.
	Reason error
}

// Error says so, and what can be done.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("run %s can't be taken up: %v; apply --restart ends what still works of it, and starts over", e.Run, e.Reason)
}

// Unwrap gives the reason.
func (e *DamagedError) Unwrap() error { return e.Reason }

// isMissing is the reason that a file isn't there.
func isMissing(path string) error { return fmt.Errorf("%s is missing", path) }

// stateOf reads how far a run is. The error is a *DamagedError where workers of
// it have begun and what it takes to go on with it isn't there. A run that has
// got no further than its folder has an empty state.
func stateOf(prefix *share.Dir, run string) (state journal.State, err error) {
	folder, err := prefix.Sub(job.RunPrefix + run)
	if err != nil {
		return state, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	state, err = journal.Read(folder)
	if errors.Is(err, fs.ErrNotExist) {
		begun, err := anyAtWork(prefix)
		if err == nil && begun {
			err = &DamagedError{run, isMissing(folder.Path(journal.Name))}
		}
		return state, err
	}
	if err != nil {
		return state, &DamagedError{run, err}
	}
	if state.Dealt && !state.Finished && !exists(folder, job.Plan) {
		return state, &DamagedError{run, isMissing(folder.Path(job.Plan))}
	}
	return state, nil
}

// ReadPlan reads what a run carries out, as it was staged. The error is
// fs.ErrNotExist where that isn't there, and a *DamagedError where it is none.
func ReadPlan(prefix *share.Dir, run string) (p plan.Plan, err error) {
	folder, err := prefix.Sub(job.RunPrefix + run)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	data, err := folder.ReadFile(job.Plan)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, &DamagedError{run, fmt.Errorf("%s: %w", folder.Path(job.Plan), err)}
	}
	return p, nil
}

// anyAtWork tells whether a worker of ours has begun a chunk and not finished it.
func anyAtWork(prefix *share.Dir) (bool, error) {
	entries, err := prefix.Names()
	if err != nil {
		return false, err
	}
	for _, entry := range entries {
		if _, is := job.ChunkOf(entry); !is {
			continue
		}
		dir, err := prefix.Sub(entry)
		if err != nil {
			return false, err
		}
		ours := exists(dir, job.Record) || exists(dir, job.Progress)
		done := exists(dir, job.Done)
		if err := dir.Close(); err != nil || ours && !done {
			return true, err
		}
	}
	return false, nil
}

// refuseDamaged makes sure that what the steps need is there that are left.
func (r *run) refuseDamaged(state journal.State) error {
	damaged := func(path string) error { return &DamagedError{r.plan.Layout.Run, isMissing(path)} }
	if name := filepath.Base(r.plan.Layout.JobFile(max(1, state.Job))); !exists(r.folder, name) {
		return damaged(r.folder.Path(name))
	}
	if state.Steps[plan.Merge{}.Kind()] || state.Steps[plan.Aggregate{}.Kind()] {
		return nil // what an aggregator does with the rest is its own
	}
	chunks, err := r.prefix.Sub(job.Input, r.plan.Layout.Min)
	if errors.Is(err, fs.ErrNotExist) {
		return damaged(r.plan.Layout.ChunkDir())
	}
	if err != nil {
		return err
	}
	defer chunks.Close()
	for _, c := range state.Chunks {
		if !exists(chunks, c.Name) && !exists(chunks, job.Cut+c.Name) {
			return damaged(chunks.Path(c.Name))
		}
	}
	return nil
}

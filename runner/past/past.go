// Package past reads what a run has left in the shared folder: what it carried
// out, when, and what came of each of its targets. It takes no lock and writes
// nothing, and holds no list of targets whole.
package past

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"slices"
	"strings"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// Run is what a run has left. Whoever opened it closes it. It is not safe for
// concurrent use.
type Run struct {
	Ref
	// Name is the scan's.
	Name string
	// Plan is what the run carries out; nil where that isn't there, as of a classic
	// master's.
	Plan *plan.Plan
	// State is how far its master has written down that it is; empty of a classic
	// master's run.
	State journal.State
	// Began and Ended are by its masters' clocks; Ended is zero while it isn't over.
	Began, Ended time.Time
	// Targets counts the lines that were dealt out, Excluded those that were left
	// out; both are zero where nothing was dealt yet.
	Targets, Excluded int64
	// Chunks are all chunks, in the order in which they were made.
	Chunks []Chunk

	// dir is the folder that holds the run: the scan's, or one below .old.
	dir    *share.Dir
	hidden *share.Dir // the run's own hidden folder; nil of a classic one
	minute string     // the name of the folder of the chunks below input
	files  *files
	notes  []string
	// hash and buffer are Digest's.
	hash   hash.Hash
	buffer []byte
}

// Over reports whether the run has come to its end.
func (r *Run) Over() bool { return !r.Ended.IsZero() }

// Counted gives what the master has counted when all chunks were accounted for, also
// where the results were moved away since; false where it has not. Missing counts the
// targets without an outcome.
func (r *Run) Counted() (tally result.Tally, missing int64, ok bool) {
	var sum struct {
		Tally   result.Tally `json:"tally"`
		Missing int64        `json:"missing"`
	}
	if r.State.Summary == nil || json.Unmarshal(r.State.Summary, &sum) != nil || !result.IsTally(sum.Tally.Counts) {
		return result.Tally{}, 0, false
	}
	return sum.Tally, sum.Missing, true
}

// Path is the folder that holds what the run has left.
func (r *Run) Path() string { return r.dir.Path("") }

// Staged reads a file that the run has staged, by its role: its scan file, its
// script. The error is fs.ErrNotExist where there is none.
func (r *Run) Staged(role job.Role) ([]byte, error) {
	if r.hidden == nil {
		return nil, fs.ErrNotExist
	}
	return r.hidden.ReadFile(string(role))
}

// Notes say what of the run is missing or can't be trusted, each a sentence with
// the path; they may hold anything. Some are known only when All has gone
// through all.
func (r *Run) Notes() []string { return slices.Clone(r.notes) }

func (r *Run) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(r.notes, text) {
		r.notes = append(r.notes, text)
	}
}

// Close gives back all that is open.
func (r *Run) Close() error {
	errs := []error{r.files.close()}
	for _, d := range []*share.Dir{r.hidden, r.dir} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}

// Open opens a run of a scan below the shared folder dir: the one whose ID is run, or
// the only one whose ID begins so; where run is empty, the newest that has dealt out
// targets. Where there is none the error is a *NoRunError.
func Open(ctx context.Context, dir, name, run string) (*Run, error) {
	refs, err := List(ctx, dir, name)
	if err != nil {
		return nil, err
	}
	if run != "" {
		ref, ok := pick(refs, run)
		if !ok {
			return nil, &NoRunError{Name: name, ID: run, Have: ids(refs)}
		}
		return open(dir, name, ref)
	}
	newest, err := Newest(ctx, dir, name, 1)
	if err != nil {
		return nil, err
	}
	return newest[0], nil
}

// Newest opens the newest runs of a scan that have dealt out targets, the newest
// first: so many, or all that there are. Where there is none the error is a
// *NoRunError.
func Newest(ctx context.Context, dir, name string, most int) (runs []*Run, err error) {
	refs, err := List(ctx, dir, name)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			for _, r := range runs {
				err = errors.Join(err, r.Close())
			}
			runs = nil
		}
	}()
	for _, ref := range refs {
		if ctx.Err() != nil {
			return runs, context.Cause(ctx)
		}
		r, err := open(dir, name, ref)
		if err != nil {
			return runs, err
		}
		if len(r.Chunks) == 0 && !r.State.Dealt {
			if err := r.Close(); err != nil {
				return runs, err
			}
			continue
		}
		if runs = append(runs, r); len(runs) == most {
			return runs, nil
		}
	}
	if len(runs) == 0 {
		return nil, &NoRunError{Name: name, Have: ids(refs)}
	}
	return runs, nil
}

// pick finds the run that a word names.
func pick(refs []Ref, run string) (Ref, bool) {
	var found []Ref
	for _, r := range refs {
		if r.ID == run || r.Old == job.OldRun+run {
			return r, true
		}
		if strings.HasPrefix(r.ID, run) {
			found = append(found, r)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return Ref{}, false
}

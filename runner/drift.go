package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/share"
	"scanmaster/spec"
)

// DriftError tells of an input that is empty, or has shrunk by more than it may
// since the last run. Nothing was touched.
type DriftError struct {
	// Targets counts those that are left to scan, whatever the limit, Last those of
	// the last run, which LastRun names; there is none where that is empty.
	Targets, Last int64
	LastRun       string
	// Limit is by how much there may be fewer; none where the input is empty.
	Limit spec.Percent
}

// Error says both numbers.
func (e *DriftError) Error() string {
	last := ""
	if e.LastRun != "" {
		last = fmt.Sprintf("; run %s had %s", e.LastRun, humanize.Comma(e.Last))
	}
	if e.Targets == 0 {
		return "input: no target is left to scan" + last + ": comments, blank lines and excluded hosts don't count"
	}
	return fmt.Sprintf("input: %s targets%s: that is %s fewer, and max_drift bears %v",
		humanize.Comma(e.Targets), last, shrunkBy(e.Targets, e.Last), e.Limit)
}

// shrunkBy gives by how much there are fewer, to the tenth of a percent.
func shrunkBy(now, before int64) string {
	return humanize.FtoaWithDigits(float64(before-now)*100/float64(before), 1) + "%"
}

// refuseDrift refuses an input that is empty, or has shrunk by more than it may,
// unless it is meant so.
func (r *run) refuseDrift(limit spec.Percent) error {
	now := r.inputs.all // a limit is no drift
	if r.cfg.Force || now > 0 && !limit.Given {
		return nil
	}
	last, before, err := r.lastTargets()
	if err != nil {
		return fmt.Errorf("the targets of the last run: %w", err)
	}
	if now == 0 || limit.Exceeded(before-now, before) {
		return &DriftError{Targets: now, Last: before, LastRun: last, Limit: limit}
	}
	return nil
}

// lastTargets gives how many targets the input of the last run of the scan had that
// got so far as to deal them out, and its id; that is empty where there is none. What can't
// be read is told of, and the one before counts.
func (r *run) lastTargets() (run string, targets int64, err error) {
	olds, err := latest(r.prefix, job.OldRun, job.Old)
	if err != nil {
		return "", 0, err
	}
	places := [][]string{nil, {job.Old, movingDir}}
	for _, old := range olds {
		places = append(places, []string{job.Old, old})
	}
	for _, place := range places {
		runs, err := latest(r.prefix, job.RunPrefix, place...)
		if err != nil {
			return "", 0, err
		}
		for _, name := range runs {
			state, err := journalIn(r.prefix, append(place, name)...)
			if err != nil {
				r.report(Warning{Text: fmt.Sprintf("how many targets it had can't be read: %v", err)})
			} else if state.Dealt {
				return strings.TrimPrefix(name, job.RunPrefix), max(state.All, state.Targets), nil
			}
		}
	}
	return "", 0, nil
}

// latest gives the folders in a folder, or in one below it, whose names begin
// with a prefix and a run's id, the latest first; none where it isn't there.
func latest(dir *share.Dir, prefix string, below ...string) ([]string, error) {
	if len(below) > 0 {
		in, err := dir.Sub(below...)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		defer in.Close()
		dir = in
	}
	entries, err := dir.ReadDir()
	var names []string
	for _, e := range slices.Backward(entries) { // sorted by name, and so by time
		if e.IsDir() && strings.HasPrefix(e.Name(), prefix) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// journalIn gives what a run's journal amounts to; nothing where there is none.
func journalIn(dir *share.Dir, below ...string) (journal.State, error) {
	folder, err := dir.Sub(below...)
	if err != nil {
		return journal.State{}, err
	}
	defer folder.Close()
	state, err := journal.Read(folder)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return state, err
}

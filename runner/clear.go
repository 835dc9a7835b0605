package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// clear moves what an earlier scan left out of the way and begins the new
// folder. Dot entries that aren't ours stay: aggregators keep their history
// there.
func (r *run) clear(s plan.Clear) (string, error) {
	entries, err := r.prefix.ReadDir()
	if err != nil {
		return "", err
	}
	var visible, hidden []string
	earlier := r.plan.Layout.Run + "-found"
	for _, e := range entries {
		name := e.Name()
		if run, ok := strings.CutPrefix(name, job.RunPrefix); ok {
			earlier = run // entries are sorted: the latest wins
		}
		switch {
		case !strings.HasPrefix(name, "."):
			visible = append(visible, name)
		case strings.HasPrefix(name, job.RunPrefix) || name == job.LiveWorkers:
			hidden = append(hidden, name)
		}
	}
	// A run that no worker began has nothing to keep, and must not take the
	// place of one that has.
	s.Remove = s.Remove || len(hidden) > 0 && !slices.ContainsFunc(visible, isResult)
	// The run's own folder goes last: should this be cut short, the next run
	// still finds out whose the rest is.
	detail, err := r.dispose(s, append(visible, hidden...), job.OldRun+earlier)
	if err != nil {
		return "", err
	}
	return detail, r.begin()
}

// isResult tells what a scan leaves, from what stands in its folder before any
// worker has begun.
func isResult(name string) bool {
	return name != job.Input && name != job.Started
}

// dispose moves, or removes, what an earlier run left.
func (r *run) dispose(s plan.Clear, names []string, old string) (string, error) {
	if len(names) == 0 {
		return "nothing left of an earlier scan", nil
	}
	for _, name := range names {
		var err error
		if s.Remove {
			err = r.prefix.RemoveAll(name)
		} else {
			err = r.prefix.MoveInto(name, job.Old, old)
		}
		if err != nil {
			return "", err
		}
	}
	if s.Remove {
		return "removed what an earlier scan left", nil
	}
	pruned, err := r.prune(s.Keep)
	if err != nil {
		return "", err
	}
	detail := fmt.Sprintf("moved an earlier scan to %s/%s", job.Old, old)
	if pruned > 0 {
		detail += fmt.Sprintf(", removed %d older", pruned)
	}
	return detail, nil
}

// prune removes all earlier runs but the latest keep ones.
func (r *run) prune(keep int) (int, error) {
	old, err := r.prefix.Sub(job.Old)
	if err != nil {
		return 0, err
	}
	defer old.Close()
	runs, err := runsIn(old)
	if err != nil {
		return 0, err
	}
	pruned := runs[:max(0, len(runs)-keep)]
	var errs []error
	for _, name := range pruned {
		errs = append(errs, old.RemoveAll(name))
	}
	return len(pruned), errors.Join(errs...)
}

// runsIn lists the earlier runs, the oldest first: their ids begin with a time.
func runsIn(old *share.Dir) ([]string, error) {
	entries, err := old.ReadDir()
	if err != nil {
		return nil, err
	}
	var runs []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), job.OldRun) && e.IsDir() {
			runs = append(runs, e.Name())
		}
	}
	slices.Sort(runs)
	return runs, nil
}

// begin leaves the time stamp that aggregators look for what is newer than.
func (r *run) begin() error {
	now := r.cfg.Now()
	if err := r.prefix.WriteFile(job.Started, []byte(job.DateLine(now))); err != nil {
		return err
	}
	// Some shares keep whole seconds: what a quick worker writes must still
	// be newer than this file.
	if err := r.prefix.Chtimes(job.Started, now.Truncate(time.Second).Add(-time.Second)); err != nil {
		return err
	}
	folder, err := r.prefix.Make(job.RunPrefix + r.plan.Layout.Run)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("run %s: %w", r.plan.Layout.Run, err)
	}
	if err != nil {
		return err
	}
	r.folder = folder
	_, err = r.openJournal()
	return err
}

// openJournal begins to write down what happens, or goes on with it, and gives
// what was written before.
func (r *run) openJournal() (journal.State, error) {
	written, state, err := journal.Open(r.folder, r.cfg.Now)
	if err != nil {
		return state, err
	}
	r.journal = written
	return state, written.Add(journal.Entry{Kind: journal.KindMaster, By: r.self.String()})
}

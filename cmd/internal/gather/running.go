package gather

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

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
// where there is none, or none that has begun.
func LastRun(dir, name string) (Run, error) {
	base, err := share.Open(dir)
	if err != nil {
		return Run{}, fmt.Errorf("the shared folder: %w", err)
	}
	defer base.Close()
	prefix, err := base.Sub(job.ChunkedDir, name)
	if err != nil {
		return Run{}, fmt.Errorf("no scan of that name has run: %w", err)
	}
	defer prefix.Close()
	entries, err := prefix.ReadDir()
	if err != nil {
		return Run{}, err
	}
	for _, e := range slices.Backward(entries) { // sorted by name, and so by time
		run, ok := strings.CutPrefix(e.Name(), job.RunPrefix)
		if ok && job.CheckRun(run) == nil {
			return readRun(prefix, e.Name())
		}
	}
	return Run{}, errors.New("there is no run of that scan")
}

// readRun reads a run's hidden folder.
func readRun(prefix *share.Dir, name string) (r Run, err error) {
	folder, err := prefix.Sub(name)
	if err != nil {
		return Run{}, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	data, err := folder.ReadFile(runner.PlanFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Run{}, fmt.Errorf("%s: %w", strings.TrimPrefix(name, job.RunPrefix), runner.ErrNotBegun)
	}
	if err != nil {
		return Run{}, err
	}
	if err := json.Unmarshal(data, &r.Plan); err != nil {
		return Run{}, fmt.Errorf("%s: %w", folder.Path(runner.PlanFile), err)
	}
	r.State, err = journal.Read(folder)
	return r, err
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

package runner

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/share"
)

// UnfinishedError tells that an earlier run of the scan has not come to its end,
// so that a new one would run beside it, or lose what it has.
type UnfinishedError struct {
	Run string
	// Done and Chunks count its chunks.
	Done, Chunks int
	// Guarded says why a guard has stopped it; empty where none has.
	Guarded string
}

// Error says so.
func (e *UnfinishedError) Error() string {
	text := fmt.Sprintf("run %s is not finished: %d of %d chunks are done", e.Run, e.Done, e.Chunks)
	if e.Guarded != "" {
		text += ", and it was stopped by " + e.Guarded
	}
	return text
}

// refuseUnfinished makes sure that the last run is over, unless a new one is to
// take its place knowingly.
func (r *run) refuseUnfinished(prefix *share.Dir) error {
	last, state, err := LastRun(prefix)
	if damaged := new(DamagedError); errors.As(err, &damaged) {
		return r.restart(last, damaged)
	}
	if err != nil || last == "" {
		return err
	}
	begun, err := anyBegun(prefix, state)
	if err != nil || !begun || !state.Dealt || state.Finished {
		return err
	}
	e := &UnfinishedError{Run: last, Chunks: len(state.Chunks), Guarded: state.Guarded}
	for _, c := range state.Chunks {
		if c.Done {
			e.Done++
		}
	}
	return r.restart(last, e)
}

// restart has a run make way, where that is wanted, and else gives what speaks
// against it.
func (r *run) restart(last string, why error) error {
	if !r.cfg.Restart {
		return why
	}
	text := why.Error()
	if damaged := new(DamagedError); errors.As(why, &damaged) {
		text = fmt.Sprintf("run %s: %v", last, damaged.Reason)
	}
	r.report(Warning{Text: text + "; its workers are ended, and it makes way"})
	r.unfinished = last
	return nil
}

// LastRun gives the last run below PREFIX, and what its journal amounts to. The
// name is empty where there is none. The error is a *DamagedError where it can't
// be taken up.
func LastRun(prefix *share.Dir) (string, journal.State, error) {
	entries, err := prefix.ReadDir()
	if err != nil {
		return "", journal.State{}, err
	}
	for _, e := range slices.Backward(entries) { // sorted by name, and so by time
		run, ok := strings.CutPrefix(e.Name(), job.RunPrefix)
		if !ok || !e.IsDir() || job.CheckRun(run) != nil {
			continue
		}
		state, err := stateOf(prefix, run)
		return run, state, err
	}
	return "", journal.State{}, nil
}

// anyBegun tells whether a worker has begun, or may have.
func anyBegun(prefix *share.Dir, state journal.State) (bool, error) {
	for _, c := range state.Chunks {
		if c.Done || c.Worker != "" && c.Lost == "" {
			return true, nil
		}
	}
	entries, err := prefix.Names()
	return slices.ContainsFunc(entries, func(entry string) bool {
		_, is := job.ChunkOf(entry)
		return is
	}), err
}

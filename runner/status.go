package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/lock"
	"scanmaster/runner/plan"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// Phase is where a run stands.
type Phase string

// The phases. A dead run is one that is not over and has no master.
const (
	PhaseRunning  Phase = "running"
	PhaseFinished Phase = "finished"
	PhaseDead     Phase = "dead"
)

// Status is how a run stands, as it can be read in the shared folder.
type Status struct {
	Name  string `json:"name"`
	Run   string `json:"run"`
	Phase Phase  `json:"state"`
	// Classic tells that a classic master has started it: there is no run's id,
	// and nobody who could be asked.
	Classic bool `json:"classic,omitempty"`
	// Moved tells that the aggregator of such a master has moved all away since, so
	// that nothing can be counted any more.
	Moved bool `json:"moved,omitempty"`
	// Master is who looks after the run, or did last; nil where nobody is known.
	Master *Master `json:"master,omitempty"`
	// Began and Ended are by the masters' clocks; zero where it hasn't.
	Began time.Time `json:"began,omitzero"`
	Ended time.Time `json:"ended,omitzero"`
	// Planned is the digest of the saved plan that it carries out; empty where none
	// was named.
	Planned string `json:"planned,omitempty"`
	// Step is the step of the plan that comes next, or is being carried out.
	Step string `json:"step,omitempty"`
	// CancelledBy says who has cancelled the run, if anybody has.
	CancelledBy string `json:"cancelled_by,omitempty"`
	// Guarded says why a guard has stopped the run; empty where none has.
	Guarded string `json:"guarded,omitempty"`
	// Dealt tells that the chunks are there, Resumable that the run has no master
	// and can be taken up.
	Dealt     bool  `json:"dealt"`
	Resumable bool  `json:"resumable"`
	Targets   int64 `json:"targets"`
	// All is how many targets there would be without a limit; 0 where there is none.
	All      int64 `json:"all,omitempty"`
	Excluded int64 `json:"excluded"`
	// Done counts the targets that have an outcome, Tally which; Missing those
	// that will have none.
	Done    int64        `json:"done"`
	Missing int64        `json:"missing"`
	Tally   result.Tally `json:"tally"`
	// MissingFile lists the targets that are missing.
	MissingFile string `json:"missing_file,omitempty"`
	// Chunks are all chunks, in the order in which they were made.
	Chunks []ChunkStatus `json:"chunks"`
	// Verdict and Results, the folder where the results are, of a finished run; the
	// verdict also of one that a guard has stopped.
	Verdict Verdict `json:"verdict,omitempty"`
	Results string  `json:"results,omitempty"`

	// lease is how long a heartbeat may stand still, and beat the heartbeat.
	lease time.Duration
	beat  string
}

// Master is who looks after a run.
type Master struct {
	// State is what is known of it: alive, dead or unknown, as of package lock,
	// or MasterGone.
	State string    `json:"state"`
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	User  string    `json:"user"`
	Since time.Time `json:"since"`
}

// MasterGone is the state of a master that has given the run back.
const MasterGone = "gone"

// ErrNoRun tells that there is no run of a scan.
var ErrNoRun = errors.New("there is no run of that scan")

// ReadStatus reads how a run stands: that of the layout, or the last one of its
// scan where it names none. It works for whoever sees the shared folder, takes
// no lock and writes nothing. Where ctx ends the error is its cause, even where
// the file system hangs.
func ReadStatus(ctx context.Context, l job.Layout) (Status, error) { return readAside(ctx, l, true) }

// readStatus leaves the chunks out unless they are wanted: there may be many.
func readStatus(l job.Layout, chunks bool) (s Status, err error) {
	base, err := share.Open(l.Dir)
	if err != nil {
		return Status{}, fmt.Errorf("the shared folder: %w", err)
	}
	prefix, err := base.Sub(job.ChunkedDir, l.Name)
	if err = errors.Join(err, base.Close()); errors.Is(err, fs.ErrNotExist) {
		return Status{}, fmt.Errorf("no scan of that name has run: %w", err)
	}
	if err != nil {
		return Status{}, err
	}
	defer func() { err = errors.Join(err, prefix.Close()) }()
	// The lock first: a master that finishes writes that down before it lets go.
	holding, err := lock.Holder(prefix)
	if err != nil {
		return Status{}, err
	}
	named := l.Run != ""
	if !named {
		if l.Run, err = runToShow(prefix, holding); err != nil {
			return Status{}, err
		}
	}
	r := &reader{prefix: prefix, layout: l, holding: holding}
	if s, err = r.read(chunks); err != nil || named || s.Phase == PhaseRunning {
		return s, err
	}
	if r.state.Dealt && r.plan.Layout.Min == "" {
		return s, nil // the chunks are ours, whatever has become of the plan
	}
	if classic, ok, err := readClassic(prefix, l.Name, r.plan.Layout.Min, chunks); ok || err != nil {
		return classic, err
	}
	if classic, ok := movedClassic(prefix, l.Name, r.written); ok {
		return classic, nil
	}
	if l.Run == "" {
		return Status{}, ErrNoRun
	}
	return s, nil
}

// runToShow is the run that is owned, and else the last one. One that was only
// begun, and its master dead, hides no other that wants to be taken up. It is
// empty where there is none.
func runToShow(prefix *share.Dir, holding lock.Holding) (string, error) {
	last, state, err := LastRun(prefix)
	if err != nil {
		return "", err
	}
	owned := holding.Owner.Run
	if !holding.Held || job.CheckRun(owned) != nil || holding.Life == lock.Dead && state.Dealt && !state.Finished {
		owned = last
	}
	return owned, nil
}

// reader reads the status of one run.
type reader struct {
	prefix  *share.Dir
	layout  job.Layout
	holding lock.Holding

	folder *share.Dir
	// written is when the run's journal was written last.
	written time.Time
	plan    plan.Plan
	state   journal.State
	status  Status
}

func (r *reader) read(chunks bool) (s Status, err error) {
	r.status = Status{Name: r.layout.Name, Run: r.layout.Run, beat: r.holding.Beat, Chunks: []ChunkStatus{}}
	if r.layout.Run == "" {
		return r.status, nil
	}
	r.folder, err = r.prefix.Sub(job.RunPrefix + r.layout.Run)
	if errors.Is(err, fs.ErrNotExist) { // a later run may have moved it away
		r.folder, err = r.prefix.Sub(job.Old, job.OldRun+r.layout.Run, job.RunPrefix+r.layout.Run)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = nil // it isn't there yet
	case err != nil:
		return Status{}, err
	default:
		defer func() { err = errors.Join(err, r.folder.Close()) }()
		if err := r.readFolder(); err != nil {
			return Status{}, err
		}
	}
	r.judge()
	if r.folder != nil && chunks {
		err = r.count()
	}
	return r.status, err
}

// readFolder reads what stands in the run's hidden folder, as far as it is
// there yet.
func (r *reader) readFolder() error {
	data, err := r.folder.ReadFile(job.Plan)
	if err == nil {
		if err := json.Unmarshal(data, &r.plan); err != nil {
			return fmt.Errorf("%s: %w", r.folder.Path(job.Plan), err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r.state, err = journal.Read(r.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r.written = changed(r.folder, journal.Name)
	s := &r.status
	s.Began, s.Ended = r.state.Began, r.state.Ended
	s.Dealt, s.Targets, s.All, s.Excluded = r.state.Dealt, r.state.Targets, r.state.All, r.state.Excluded
	s.lease, s.Planned = r.plan.Lease, r.plan.Planned
	s.CancelledBy, s.Guarded, s.Verdict = cancelledBy(r.folder), r.state.Guarded, Verdict(r.state.GuardedAs)
	return nil
}

// judge says where the run stands, and who looks after it.
func (r *reader) judge() {
	s, o := &r.status, r.holding.Owner
	s.Phase, s.Step = PhaseDead, r.step()
	if o.Run == r.layout.Run {
		s.Master = &Master{State: MasterGone, Host: o.Host, PID: o.PID, User: o.User, Since: o.Since}
		if r.holding.Held {
			s.Master.State = string(r.holding.Life)
		}
		if r.holding.Held && r.holding.Life != lock.Dead {
			s.Phase = PhaseRunning
		}
	}
	if r.state.Finished {
		s.Phase, s.Step, s.Verdict, s.Results = PhaseFinished, "", Verdict(r.state.Verdict), r.results()
	}
	s.Resumable = s.Dealt && (s.Phase == PhaseDead || s.Phase == PhaseFinished && lacks(r.state))
}

// step is the first step behind those that are done.
func (r *reader) step() string {
	next := ""
	for _, step := range r.plan.Steps {
		switch {
		case r.state.Steps[step.Kind()]:
			next = ""
		case next == "":
			next = step.Kind()
		}
	}
	return next
}

// results is the folder where the results of a finished run are.
func (r *reader) results() string {
	merged := findStep[plan.Merge](r.plan)
	if merged.Into == "" || Verdict(r.state.Verdict) == HookError {
		if left, err := anyVisible(r.prefix); err == nil && !left {
			return "" // an aggregator has moved all away
		}
		return filepath.Join(r.layout.Dir, job.ChunkedDir, r.layout.Name)
	}
	return merged.Into
}

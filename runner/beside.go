package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// endUnfinished ends what still works of the run that is to make way, on this
// machine and on all hosts that were found.
func (r *run) endUnfinished(ctx context.Context) error {
	if r.unfinished == "" {
		return nil
	}
	_, err := host.Here(r.cfg.Home).Cancel(ctx, r.unfinished, grace)
	errs := []error{err}
	for _, p := range r.probed {
		if at, ok := p.at.(*away); ok {
			if _, err := at.at().Cancel(ctx, r.unfinished, grace); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p.Worker.Name, err))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return r.nobodyBeside(ctx)
}

// beside is a worker of the run that is to make way that could not be ended: its
// host is not among those that were reached.
type beside struct{ chunk, where string }

func (b beside) String() string { return fmt.Sprintf("the worker of %s on %s", b.chunk, b.where) }

// nobodyBeside makes sure that none of the workers that could not be ended is
// still at work: what must run once would run a second time beside it. One whose
// heartbeat stands still for a lease is warned of.
func (r *run) nobodyBeside(ctx context.Context) error {
	left, lease, err := r.leftBeside()
	if err != nil || len(left) == 0 {
		return err
	}
	all := words(left)
	r.report(Warning{Text: fmt.Sprintf("run %s: %s can't be ended from here; watching for a sign of life for %v", r.unfinished, all, lease)})
	moved, err := r.watchBeats(ctx, left, lease)
	if err != nil {
		return err
	}
	if len(moved) > 0 {
		return fmt.Errorf("run %s can't make way: %s can't be reached, and still works; end it there, or wait for it", r.unfinished, words(moved))
	}
	r.report(Warning{Text: fmt.Sprintf("run %s: %s has given no sign for %v, and is taken for gone; make sure of it", r.unfinished, all, lease)})
	return nil
}

func words(all []beside) string {
	said := make([]string, len(all))
	for i, b := range all {
		said[i] = b.String()
	}
	return strings.Join(said, ", ")
}

// leftBeside gives the workers that may still work, by what the run has left of
// itself, and how long a heartbeat may stand still.
func (r *run) leftBeside() (left []beside, lease time.Duration, err error) {
	p, noPlan := ReadPlan(r.prefix, r.unfinished)
	lease = cmp.Or(p.Lease, r.plan.Lease)
	folder, err := r.prefix.Sub(job.RunPrefix + r.unfinished)
	if err != nil {
		return nil, lease, err
	}
	state, noJournal := journal.Read(folder)
	if err := folder.Close(); err != nil {
		return nil, lease, err
	}
	workers := findStep[plan.Probe](p).Workers
	if noJournal != nil {
		if noPlan == nil && !slices.ContainsFunc(workers, func(w plan.Worker) bool { return !w.Local && !r.isReached(w) }) {
			return nil, lease, nil
		}
		left, err = unknownBeside(r.prefix)
		return left, lease, err
	}
	for _, c := range state.Chunks {
		if c.Done || c.Worker == "" || c.Lost != "" {
			continue
		}
		if where := r.outOfReach(c, workers); where != "" {
			left = append(left, beside{c.Name, where})
		}
	}
	return left, lease, nil
}

// outOfReach says where the worker of a chunk is; empty where it was ended.
func (r *run) outOfReach(c journal.Chunk, workers []plan.Worker) string {
	if c.Place == place(r.self) {
		return ""
	}
	if c.Place != "" {
		return strings.Fields(c.Place)[0] // its host
	}
	for _, w := range workers {
		if w.Name == c.Worker && r.isReached(w) {
			return ""
		}
	}
	return c.Worker
}

// isReached tells whether a worker's host is among those that were reached.
func (r *run) isReached(w plan.Worker) bool {
	return slices.ContainsFunc(r.probed, func(p Probed) bool {
		_, reached := p.at.(*away)
		return reached && p.Worker.Host == w.Host && p.Worker.Port == w.Port && p.Worker.User == w.User
	})
}

// unknownBeside gives the chunks that were begun and not finished, where nobody
// knows by whom.
func unknownBeside(prefix *share.Dir) ([]beside, error) {
	folders, err := foldersOf(prefix)
	if err != nil {
		return nil, err
	}
	var left []beside
	for chunk, folder := range folders {
		dir, err := prefix.Sub(folder)
		if err != nil {
			return nil, err
		}
		if !exists(dir, job.Done) {
			left = append(left, beside{chunk, "a host that isn't known"})
		}
		if err := dir.Close(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(left, func(a, b beside) int { return cmp.Compare(a.chunk, b.chunk) })
	return left, nil
}

// watchBeats watches heartbeats for a lease, and gives the workers whose moved.
func (r *run) watchBeats(ctx context.Context, left []beside, lease time.Duration) (moved []beside, err error) {
	tick := time.NewTicker(max(lease/looksPerLease, time.Millisecond))
	defer tick.Stop()
	first, err := r.beats(left)
	if err != nil {
		return nil, err
	}
	for range looksPerLease {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
		now, err := r.beats(left)
		if err != nil {
			return nil, err
		}
		for i, b := range left {
			if now[i] != first[i] {
				moved = append(moved, b)
			}
		}
		if len(moved) > 0 {
			return moved, nil
		}
	}
	return nil, nil
}

// looksPerLease is how often a heartbeat is looked at while it is watched.
const looksPerLease = 20

// beats reads the heartbeats of workers of the run that is to make way; 0 where
// there is none.
func (r *run) beats(left []beside) ([]int64, error) {
	folders, err := r.folders()
	if err != nil {
		return nil, err
	}
	beats := make([]int64, len(left))
	for i, b := range left {
		dir, err := r.prefix.Sub(folders[b.chunk])
		if err != nil {
			continue // it has not begun
		}
		if mark, ok := progressIn(dir, r.unfinished); ok {
			beats[i] = mark.Beat
		}
		if err := dir.Close(); err != nil {
			return nil, err
		}
	}
	return beats, nil
}

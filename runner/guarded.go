package runner

import (
	"context"
	"errors"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/result"
)

// unguarded tells that the run goes on without its guards.
func (r *run) unguarded() bool { return r.resumed && r.cfg.Force }

// isOpen tells that a chunk may be dealt.
func (r *run) isOpen(c *chunkRun) bool { return c.canary || !r.held }

// guard gives the *GuardError of a run that is to be stopped, by what its workers
// have published. It lets a canary pass that is fine.
func (r *run) guard(ctx context.Context, marks map[string]job.ProgressMark) error {
	if r.unguarded() {
		return nil
	}
	tripped, err := r.tripped(ctx, marks)
	if tripped == nil || err != nil {
		return err
	}
	r.report(GuardTripped{tripped})
	if err := r.journal.Add(journal.Entry{Kind: journal.KindGuarded, Reason: tripped.Error(), Verdict: string(tripped.Verdict)}); err != nil {
		return errors.Join(tripped, err)
	}
	return tripped
}

// guardStart is guard before anything is started of a run that was taken up.
func (r *run) guardStart(ctx context.Context) error {
	if !r.resumed || r.unguarded() {
		return nil
	}
	marks, err := r.marks(r.publishing())
	if err != nil {
		return err
	}
	return r.guard(ctx, marks)
}

func (r *run) tripped(ctx context.Context, marks map[string]job.ProgressMark) (*GuardError, error) {
	if r.held {
		if tripped, err := r.canary(ctx); tripped != nil || err != nil {
			return tripped, err
		}
	}
	return r.failing(ctx, marks)
}

// canary judges the first chunks when nobody is at them any more.
func (r *run) canary(ctx context.Context) (*GuardError, error) {
	var s sample
	for _, c := range r.chunks {
		if !c.canary {
			continue
		}
		if !c.done && c.lost == "" {
			return nil, nil
		}
		if err := r.sampleOf(ctx, c, c.lines, &s); err != nil {
			return nil, err
		}
		s.of += c.lines
		if c.mark.PostChunk != 0 {
			s.hooks += c.lines
		}
	}
	limit := findStep[plan.Wait](r.plan).MaxFail
	if tripped := judgeCanary(s, r.summary.Targets, limit, r.plan.Summary.FailOn); tripped != nil {
		return tripped, nil
	}
	r.held = false
	r.report(CanaryPassed{Targets: s.of, Left: r.summary.Targets - s.of, Tally: s.tally})
	return nil, nil
}

// failing judges the targets that were begun. What workers publish is a hint
// that costs little: where it makes max_fail likely, their records tell, of the
// same targets: those that were begun since have had less time to fail or not.
func (r *run) failing(ctx context.Context, marks map[string]job.ProgressMark) (*GuardError, error) {
	limit := findStep[plan.Wait](r.plan).MaxFail
	now := r.cfg.Now()
	if !limit.Given || now.Before(r.sampled) {
		return nil, nil
	}
	if err := r.countClassic(ctx); err != nil {
		return nil, err
	}
	hint, of := r.published(marks)
	if judgeBegun(hint, r.summary.Targets, limit) == nil {
		return nil, nil
	}
	recorded := sample{of: hint.of}
	for i, c := range r.chunks {
		if of[i] == 0 {
			continue
		}
		if err := r.sampleOf(ctx, c, of[i], &recorded); err != nil {
			return nil, err
		}
	}
	r.sampled = r.cfg.Now().Add(patience * r.cfg.Now().Sub(now))
	return judgeBegun(recorded, r.summary.Targets, limit), nil
}

// countClassic counts what classic workers have done, who publish nothing.
func (r *run) countClassic(ctx context.Context) error {
	for _, c := range r.chunks {
		if !c.done || !c.classic.Load() || c.tally.Counts != nil {
			continue
		}
		var s sample
		if err := r.sampleOf(ctx, c, c.lines, &s); err != nil {
			return err
		}
		c.tally = s.tally
	}
	return nil
}

// published gives what workers have published of the targets that were begun,
// and of how many in each chunk.
func (r *run) published(marks map[string]job.ProgressMark) (s sample, of []int64) {
	of = make([]int64, len(r.chunks))
	for i, c := range r.chunks {
		mark := marks[c.name]
		switch {
		case c.done:
			of[i], mark.Counts = c.lines, c.tally.Counts
		case result.IsTally(mark.Counts):
			of[i] = min(max(mark.Taken, mark.Done, 0), c.lines)
		default:
			mark.Counts = nil
		}
		s.of += of[i]
		for key, n := range mark.Counts {
			s.fail(key, n)
		}
	}
	return s, of
}

package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/lock"
	"scanmaster/runner/plan"
)

// ErrNotBegun tells that a run can't be taken up, since nothing was started of
// it: it can be begun anew.
var ErrNotBegun = errors.New("nothing was started of that run: apply begins anew")

// FinishedError tells that a run is over.
type FinishedError struct {
	Run     string
	Verdict Verdict
}

// Error says so.
func (e *FinishedError) Error() string { return fmt.Sprintf("run %s is over: %s", e.Run, e.Verdict) }

// Resume goes on with a run whose master is gone, from the plan that it has
// staged: workers that still work are waited for, chunks that are done are
// counted, and others go on with what is left. The error is as of Apply, or
// ErrNotBegun, or a *FinishedError.
func Resume(ctx context.Context, p plan.Plan, cfg Config) (Summary, error) {
	return carryOut(ctx, p, cfg, (*run).takeUp)
}

// takeUp carries out what is left of a run.
func (r *run) takeUp(ctx context.Context) error {
	r.resumed = true
	missing := r.haveSecrets() // before anybody tells anything beside this
	if err := r.own(ctx, false); err != nil {
		return err
	}
	state, err := r.reopen()
	if err != nil {
		return err
	}
	if missing != nil {
		return missing
	}
	if state, err = r.openAgain(state); err != nil {
		return err
	}
	if err := r.giveSigns(); err != nil { // at once: workers may be about to stop
		return err
	}
	if err := errors.Join(r.uncancel(), r.recall(ctx, state)); err != nil {
		return err
	}
	waited := state.Steps[plan.Wait{}.Kind()]
	return r.carryOn(ctx, func(step plan.Step) bool {
		switch step.(type) {
		case plan.Probe, plan.Launch, plan.Wait:
			return !waited
		case plan.Aggregate, plan.Merge:
			return !state.Steps[step.Kind()]
		}
		return false
	})
}

// openAgain makes sure that there is something to go on with. A run that is over
// and incomplete is, where what it has left was merged and not handed on.
func (r *run) openAgain(state journal.State) (journal.State, error) {
	switch {
	case !state.Dealt:
		return state, ErrNotBegun
	case !state.Finished:
		return state, r.refuseDamaged(state)
	case !lacks(state):
		return state, &FinishedError{r.plan.Layout.Run, Verdict(state.Verdict)}
	}
	state.Steps, state.Summary = nil, nil
	for i := range state.Chunks {
		state.Chunks[i].Losses = 0
	}
	if err := r.refuseDamaged(state); err != nil {
		return state, err
	}
	return state, r.journal.Add(journal.Entry{Kind: journal.KindReopened})
}

// lacks tells of a run that is over that it can be taken up all the same.
func lacks(s journal.State) bool {
	return Verdict(s.Verdict) == Incomplete && s.Steps[plan.Merge{}.Kind()]
}

// reopen opens the run's hidden folder and what was written down there.
func (r *run) reopen() (journal.State, error) {
	folder, err := r.prefix.Sub(job.RunPrefix + r.plan.Layout.Run)
	if errors.Is(err, fs.ErrNotExist) {
		return journal.State{}, ErrNotBegun
	}
	if err != nil {
		return journal.State{}, err
	}
	r.folder = folder
	state, err := stateOf(r.prefix, r.plan.Layout.Run)
	if err != nil {
		return state, err
	}
	if !state.Dealt {
		return state, ErrNotBegun
	}
	return r.openJournal()
}

// recall brings back what the last master knew.
func (r *run) recall(ctx context.Context, state journal.State) error {
	if err := errors.Join(r.readJob(state.Job), r.mendCut(state)); err != nil {
		return err
	}
	r.summary.Targets, r.summary.Excluded = state.Targets, state.Excluded
	done := 0
	for _, was := range state.Chunks {
		c := r.recallChunk(was, state.Summary != nil)
		if c.done {
			done++
		}
		r.chunks = append(r.chunks, c)
		r.held = r.held || c.canary && !r.unguarded()
	}
	if err := r.restoreTaken(ctx); err != nil {
		return err
	}
	r.report(Resumed{Run: r.plan.Layout.Run, Chunks: len(r.chunks), Done: done})
	if state.Summary == nil {
		return nil
	}
	r.findFolders()
	return json.Unmarshal(state.Summary, &r.summary)
}

// recallChunk brings back one chunk. Where all were accounted for, the journal's
// word is enough: what a worker has left may have been moved away since.
func (r *run) recallChunk(was journal.Chunk, accounted bool) *chunkRun {
	c := &chunkRun{
		name: was.Name, lines: was.End, sha256: was.SHA256, canary: was.Canary, losses: was.Losses,
		worker: plan.Worker{Name: was.Worker},
	}
	c.classic.Store(was.Classic)
	c.ours = was.Starts > 0 && !was.Classic
	c.starts = was.Starts
	if was.Apart != "" {
		there := r.plan.Layout
		there.Dir = was.Apart
		c.left = &elsewhere{worker: c.worker, layout: there}
	}
	if was.Lost == "" {
		c.last, c.place = was.Worker, was.Place
	}
	if was.Done && accounted {
		c.done, c.folder = true, was.Folder
	} else if f, ok := r.doneMarkAs(c, was.Folder); ok && was.Done {
		c.done, c.folder, c.mark = true, was.Folder, f
		c.tally.Counts = f.Counts
		r.judgePost(was.Worker, f)
	}
	return c
}

// doneMarkAs reads the .done file of a chunk that is not among ours yet.
func (r *run) doneMarkAs(c *chunkRun, folder string) (job.DoneMark, bool) {
	r.chunks = append(r.chunks, c)
	f, ok := r.doneMark(folder)
	r.chunks = r.chunks[:len(r.chunks)-1]
	return f.mark, ok
}

// adopt looks after the workers that the last master has left: those that
// still work are waited for.
func (r *run) adopt(ctx context.Context) {
	for _, c := range r.chunks {
		if c.done || c.last == "" {
			continue
		}
		h := r.handOf(c.last)
		p, works := r.orphan(ctx, h, c)
		if !works {
			continue // it is dealt again
		}
		c.give(h)
		c.post = p
		if left := leftBy(p); left != nil {
			c.left = left
		}
		r.posts = append(r.posts, started{c, p})
		found := WorkerStarted{Worker: h.worker.Name, Chunk: c.name, Lines: c.lines, Already: true}
		if s, unheard := p.(*silent); unheard {
			found.Unsure, found.Lease = s.why.Error(), r.plan.Lease
		}
		r.report(found)
	}
	r.giveUp("none can work")
}

// handOf gives the worker of that name. One that isn't live has its place in
// the crew all the same, and gets nothing new.
func (r *run) handOf(name string) *hand {
	for _, h := range r.crew {
		if h.worker.Name == name {
			return h
		}
	}
	h := &hand{worker: plan.Worker{Name: name}, out: "it can't be reached"}
	for _, p := range r.probed {
		if p.Worker.Name == name {
			h.worker, h.at = p.Worker, p.at
		}
	}
	r.crew = append(r.crew, h)
	return h
}

// orphan asks after the worker of a chunk. One whose host can't be asked may
// still work: it is waited for until its heartbeat has stood still for a lease.
func (r *run) orphan(ctx context.Context, h *hand, c *chunkRun) (post, bool) {
	at, ok := h.at.(*away)
	there := r.plan.Layout
	if c.left != nil {
		there = c.left.layout
	}
	switch {
	case h.worker.Local && c.place == place(r.self):
		at = &away{worker: h.worker, host: host.Here(r.cfg.Home)}
	case !ok:
		return &silent{away: &away{worker: h.worker}, chunk: c.name, why: errElsewhere, apart: c.left != nil}, true
	}
	d := &distant{away: at, run: r, chunk: c.name, layout: there}
	sign, err := d.look(ctx)
	if err != nil {
		return &silent{away: at, chunk: c.name, why: err, apart: c.left != nil}, true
	}
	if c.left != nil {
		return r.orphanApart(d, sign)
	}
	if sign.State == host.Done && !sign.Runs {
		_, finished := r.lookForDone(c.name, true)
		return d, finished
	}
	return d, sign.State != host.Ended
}

// place tells the machine of a master from others, as far as their processes
// see each other.
func place(o lock.Owner) string { return strings.Join([]string{o.Host, o.Machine, o.PIDNS}, " ") }

// errElsewhere tells that a worker is where this master can't look.
var errElsewhere = errors.New("it was started where this master can't look")

// isElsewhere tells that a worker was on another machine than the one that goes
// by its name now.
func isElsewhere(p post) bool {
	s, ok := p.(*silent)
	return ok && errors.Is(s.why, errElsewhere)
}

// silent is a worker that can't be asked.
type silent struct {
	*away
	chunk string
	why   error
	// apart tells that it doesn't see the shared folder.
	apart bool
}

func (s *silent) begun(context.Context, *run, string) (bool, error) { return false, s.why }
func (s *silent) name() string                                      { return "the worker of " + s.chunk + " on " + s.worker.Name }
func (s *silent) gone() <-chan struct{}                             { return nil }
func (s *silent) alive(context.Context) (bool, error)               { return false, s.why }
func (s *silent) fate(*run) string                                  { return s.why.Error() }
func (s *silent) hurry()                                            {} // nobody can

func (s *silent) end(finished bool) error {
	if finished {
		return nil
	}
	return s.why
}

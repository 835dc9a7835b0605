// Package runner carries out a plan, one step at a time.
package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/lock"
	"scanmaster/runner/plan"
	"scanmaster/runner/secret"
	"scanmaster/runner/share"
)

// Config is what a run needs of the world around it.
type Config struct {
	// Environ is the master's environment, as key=value; hooks and local
	// workers get it.
	Environ []string
	// Home is the folder that "~" stands for.
	Home string
	// User is the name to log in to worker hosts as where none is said.
	User string
	// Ask asks for a passphrase on the terminal; an error where there is none.
	Ask func(prompt string) (string, error)
	// Attach hands the terminal over to the session of a chunk's worker on a host,
	// until its user detaches; nil where there is no terminal.
	Attach func(ctx context.Context, h *host.Host, l job.Layout, chunk string) error
	// Secret gives the secrets that the plan names; it may be nil where there are none.
	Secret SecretSource
	// AgentSocket is where the ssh-agent listens; empty where there is none.
	AgentSocket string
	// Reporter hears what happens.
	Reporter Reporter
	// Cut is closed when those that are being ended shall not take their time;
	// nil never is.
	Cut <-chan struct{}
	// Restart has an earlier run that isn't finished make way.
	Restart bool
	// Force has Apply take an input that is empty, or has shrunk by more than it
	// may, and Resume go on without max_fail and canary.
	Force bool
	// LeaveWorkers has the workers go on where the end of the context ends the
	// run; it can be taken up again. Else they are ended with it.
	LeaveWorkers bool
	// Every is the time between two reports of progress.
	Every time.Duration
	// Now tells the time.
	Now func() time.Time
}

// Apply carries out a plan that was compiled for this run. The error says
// what stopped the scan; where it is nil, the summary's verdict says what came
// of it. A failed pre hook is a *hook.Error, a run that somebody else owns a
// *lock.HeldError, a scan that took longer than the plan says a *TimeoutError,
// one that a guard stopped a *GuardError, an input that asks for Force a
// *DriftError, and the end of ctx is its cause.
func Apply(ctx context.Context, p plan.Plan, cfg Config) (Summary, error) {
	return carryOut(ctx, p, cfg, (*run).fromTheStart)
}

// carryOut carries a run out, in one way or the other.
func carryOut(ctx context.Context, p plan.Plan, cfg Config, way func(*run, context.Context) error) (Summary, error) {
	r := &run{cfg: cfg, plan: p, began: cfg.Now()}
	r.summary = Summary{Name: p.Layout.Name, Run: p.Layout.Run}
	user := ctx
	r.told = func() bool { return user.Err() != nil }
	ctx, unbind := bounded(ctx, p.Timeout)
	defer unbind()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.stop = cancel
	err := r.mayAttach()
	if err == nil {
		err = r.outlast(ctx, way)
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	if err == nil {
		err = r.conclude()
	}
	err = r.why(ctx, err)
	if err = r.mask.Error(errors.Join(err, r.close(err))); err != nil {
		return secret.Of(r.mask, r.stopped(err)), err
	}
	r.report(Finished{Summary: r.summary})
	return secret.Of(r.mask, r.summary), nil
}

// conclude says what the run amounts to, and writes it down.
func (r *run) conclude() error {
	r.summary.Took = r.cfg.Now().Sub(r.began)
	r.summary.Verdict = judge(r.summary, r.plan.Summary.FailOn)
	return r.journal.Add(journal.Entry{Kind: journal.KindFinished, Verdict: string(r.summary.Verdict)})
}

// run is the state of a plan that is being carried out.
type run struct {
	cfg     Config
	plan    plan.Plan
	began   time.Time
	stop    context.CancelCauseFunc
	told    func() bool // whoever has begun the run has told it to end
	summary Summary

	// secrets are those of the plan; mask keeps them out of what is told.
	secrets secret.Set
	mask    *secret.Mask

	reporting sync.Mutex
	prefix    *share.Dir // PREFIX, once the lock is held
	folder    *share.Dir // the run's hidden folder
	lock      *lock.Lock
	self      lock.Owner
	owner     chan struct{} // closed when the watch over the lock has ended
	disowned  atomic.Bool   // the lock is lost

	files map[string]content // what check has read, by the scan file's key
	// digests of all files, by the scan file's key: as in the plan where no
	// pre hook may change them, and then as read.
	digests map[string]string
	inputs  inputs
	live    []plan.Worker
	// resumed tells that another master has begun the run.
	resumed bool
	// unfinished is the earlier run that makes way, if any.
	unfinished string
	// stations are where the live workers work, by the worker's name; probed is
	// what was found of all.
	stations map[string]station
	probed   []Probed
	journal  *journal.Journal
	places   places
	signs    *signs  // nil where no worker looks for them
	crew     []*hand // the live workers, once there is something to do
	chunks   []*chunkRun
	posts    []started // all workers that were started
	job      jobFile
	// listing guards chunks where others than the loop of the wait look at them,
	// fencing the names of the chunks' folders while one is changed.
	listing, fencing sync.Mutex
	// keys is the folder of the targets' host keys, where somebody needs it of
	// whom mirrors bring what they leave.
	keys    *share.Dir
	mirrors []*apart
	doubts  doubts
	audits  audits
	// behind are those that still end while the run goes on.
	behind sync.WaitGroup
	// held tells that the canary is not known to be fine: nothing else is dealt.
	held bool
	// sampled is until when the records are not asked about max_fail again.
	sampled time.Time
}

// report hands on one event at a time, whoever has it.
func (r *run) report(e Event) {
	r.reporting.Lock()
	defer r.reporting.Unlock()
	r.cfg.Reporter.Report(secret.Of(r.mask, e))
}

// stuck is how long a run that was told to end may take over it. A share that
// hangs in the kernel holds whoever reads it, and no signal ends that.
const stuck = 20 * time.Second

// outlast carries the steps out, and leaves them behind should they not come
// to their end when they are told to.
func (r *run) outlast(ctx context.Context, way func(*run, context.Context) error) error {
	ended := make(chan error, 1)
	go func() { ended <- way(r, ctx) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(stuck)
	defer timer.Stop()
	select {
	case err := <-ended:
		return err
	case <-timer.C:
		return fmt.Errorf("%s does not answer: %w", r.plan.Layout.Dir, ctx.Err())
	}
}

// fromTheStart carries out all steps.
func (r *run) fromTheStart(ctx context.Context) error {
	if err := r.haveSecrets(); err != nil {
		return err
	}
	// Two masters must not run one pre hook twice; where the hook has yet to
	// make the folder, the lock can only come after it.
	if err := r.own(ctx, true); err != nil {
		return err
	}
	return r.carryOn(ctx, func(plan.Step) bool { return true })
}

// carryOn carries out the steps that are wanted.
func (r *run) carryOn(ctx context.Context, wanted func(plan.Step) bool) error {
	for i, step := range r.plan.Steps {
		if !wanted(step) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r.report(StepStarted{Number: i + 1, Of: len(r.plan.Steps), Step: step, Name: step.Kind()})
		began := r.cfg.Now()
		detail, err := r.step(ctx, step)
		if err == nil {
			err = r.noteStep(step)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", step.Kind(), err)
		}
		r.report(StepDone{Number: i + 1, Name: step.Kind(), Took: r.cfg.Now().Sub(began), Detail: detail})
	}
	return nil
}

// noteStep writes down that a step is done, where that matters.
func (r *run) noteStep(step plan.Step) error {
	if r.journal == nil {
		return nil
	}
	e := journal.Entry{Kind: journal.KindStep, Step: step.Kind()}
	switch step.(type) {
	case plan.Wait, plan.Aggregate, plan.Merge: // each may change what the run amounts to
		data, err := json.Marshal(r.summary)
		if err != nil {
			return fmt.Errorf("the summary as JSON: %w", err)
		}
		e.Summary = data
	}
	return r.journal.Add(e)
}

// step carries out one step and says in a few words what came of it.
func (r *run) step(ctx context.Context, step plan.Step) (string, error) {
	switch s := step.(type) {
	case plan.Pre:
		return r.pre(ctx, s)
	case plan.Check:
		return r.check(ctx, s)
	case plan.Probe:
		return r.probe(ctx, s)
	case plan.Clear:
		return r.clear(s)
	case plan.Agent:
		return r.agent(ctx)
	case plan.Stage:
		return r.stage(ctx, s)
	case plan.Split:
		return r.split(ctx, s)
	case plan.Launch:
		return r.launch(ctx)
	case plan.Wait:
		return r.wait(ctx, s)
	case plan.Aggregate:
		return r.aggregate(ctx, s)
	case plan.Merge:
		return r.merge(ctx, s)
	}
	return "", fmt.Errorf("a plan of another version: no such step")
}

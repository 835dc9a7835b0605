package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/gather"
	"scanmaster/cmd/internal/report"
	"scanmaster/runner"
	"scanmaster/runner/job"
	"scanmaster/runner/lock"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// masterFlags are the flags of the verbs that look after a run.
type masterFlags struct {
	asJSON, leaveWorkers bool
	// force overrules the guards: apply takes an input as it is, resume goes on.
	force bool
	// detach leaves the master in the background; background is the log that a
	// master has that was left there, and empty in others.
	detach     bool
	background string
	outletFlags
}

// backgroundFlag is given by detach, and by nobody else.
const backgroundFlag = "background"

// add adds the flags to a verb's.
func (m *masterFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&m.asJSON, "json", false, "print events as JSON lines on stdout")
	flags.BoolVar(&m.leaveWorkers, "leave-workers", false, "leave the workers at work on Ctrl-C or TERM")
	flags.BoolVar(&m.detach, "detach", false, "leave the master in the background once workers work")
	flags.StringVar(&m.background, backgroundFlag, "", "the log of a master in the background")
	_ = flags.MarkHidden(backgroundFlag) // it is there
	m.outletFlags.add(cmd)
}

// carrier is runner.Apply or runner.Resume.
type carrier func(context.Context, plan.Plan, runner.Config) (runner.Summary, error)

// order is a run that is to be carried out.
type order struct {
	masterFlags
	plan  plan.Plan
	carry carrier
	// verb, and what it was told beyond what all have; scan is its operand, and
	// words name it on a command line.
	verb        string
	flags       []string
	scan, words string
	// out is where it is told of beside its log.
	out *outlets
}

// carryOutOrder carries a run out, here or in the background, shows what
// happens, and says how to go on where it was stopped before its end.
func (a *app) carryOutOrder(ctx context.Context, o order) error {
	o.out.know(o)
	if err := o.refuseLeaving(); err != nil {
		return err
	}
	if o.detach && o.plan.Attaches() {
		return &exitError{exitUsage, errors.New("--detach can't go with attach: a master in the background has no terminal to hand over")}
	}
	if o.background == "" { // else the master in the foreground has done so
		if err := a.hold(o.plan); err != nil {
			return err
		}
	}
	if o.detach {
		return a.detach(ctx, o)
	}
	var behind *background
	if o.background != "" {
		var err error
		if behind, err = a.toBackground(o.background); err != nil {
			return err
		}
		defer behind.end()
		o.plan = behind.plan
		o.out.know(o)
	}
	err := a.carryOut(ctx, o, func(ctx context.Context, p plan.Plan, cfg runner.Config) (runner.Summary, error) {
		cfg.LeaveWorkers, cfg.Force = o.leaveWorkers, o.force
		cfg.Secret = a.secretOf(p)
		if behind != nil {
			cfg.Ask, cfg.Reporter = behind.ask, behind.reporter(cfg.Reporter)
		}
		return o.carry(ctx, p, cfg)
	})
	return howToGoOn(err, o)
}

// refuseLeaving refuses to leave workers that would not go on.
func (o order) refuseLeaving() error {
	lease, all := o.plan.MasterLease()
	if !o.leaveWorkers || lease == 0 {
		return nil
	}
	with := "on_master_lost: stop"
	if !all {
		with = "share: none"
	}
	return &exitError{exitUsage, fmt.Errorf("--leave-workers can't go with %s: "+
		"workers stop where their master gives no sign for %v; leave the flag out, and resume starts workers anew", with, spec.Duration(lease))}
}

// howToGoOn says how to go on with a run that was stopped before its end.
func howToGoOn(err error, o order) error {
	unfinished, guard := new(runner.UnfinishedError), new(runner.GuardError)
	if errors.As(err, &unfinished) && unfinished.Guarded != "" {
		return fmt.Errorf("%w\n"+pastGuard, err, o.words)
	}
	if errors.As(err, &unfinished) {
		return fmt.Errorf("%w; scanmaster resume %s goes on with it, apply --restart ends it and starts over", err, o.words)
	}
	if errors.As(err, new(*runner.DriftError)) {
		words := o.words // a classic command line's scan is in no file
		if o.scan != "" {
			words = job.QuoteAll(append(slices.Clone(o.flags), "--force", o.scan))
		}
		return fmt.Errorf("%w\nwhere that is meant: scanmaster apply %s", err, words)
	}
	if errors.As(err, new(*lock.HeldError)) {
		return fmt.Errorf("scan %s is %w\nscanmaster status %[3]s shows it, scanmaster cancel %[3]s ends it", o.plan.Layout.Name, err, o.words)
	}
	if err == nil || errors.Is(err, lock.ErrTaken) || errors.As(err, new(*runner.DamagedError)) {
		return err // there is nothing to go on with, or somebody does already
	}
	if errors.As(err, new(*runner.GoneError)) {
		return fmt.Errorf("%w\nwhen it is there again, resume with: scanmaster resume %s", err, o.words)
	}
	run, known := lastRunWithin(hangs, o.plan.Layout)
	if !known || run.Plan.Layout.Run != o.plan.Layout.Run || !run.State.Dealt || run.State.Finished {
		return err
	}
	if ended := (signalError{}); o.leaveWorkers && errors.As(err, &ended) {
		err = fmt.Errorf("%w\nthe workers are left at work", err)
	}
	if errors.As(err, &guard) {
		why := "the records say why of each target: " + o.plan.Layout.Prefix() + "/*/.record"
		if guard.IsHook() {
			why = "what the hook said is in " + o.plan.Layout.RunDir() + "/log.*"
		}
		return fmt.Errorf("%w\n%s\n"+pastGuard, err, why, o.words)
	}
	return fmt.Errorf("%w\nresume with: scanmaster resume %s", err, o.words)
}

// pastGuard says how to go on with a run that a guard has stopped.
const pastGuard = "to start over, apply with --restart; to go on all the same: scanmaster resume --force %s"

// hangs is how long a shared folder may take to answer at the end.
const hangs = 2 * time.Second

// lastRunWithin reads the last run of a scan. A shared folder that hangs in the
// kernel holds whoever reads it, and no signal ends that.
func lastRunWithin(limit time.Duration, l job.Layout) (run gather.Run, known bool) {
	found := make(chan gather.Run, 1)
	go func() {
		if run, err := gather.LastRun(l.Dir, l.Name); err == nil {
			found <- run
		}
		close(found)
	}()
	select {
	case run, known = <-found:
		return run, known
	case <-time.After(limit):
		return run, false
	}
}

// again are the words of the command line that carries out an order in the
// background, with a log.
func (o order) again(log string) []string {
	words := append([]string{o.verb, "--" + backgroundFlag + "=" + log}, o.flags...)
	if o.asJSON {
		words = append(words, "--json")
	}
	if o.leaveWorkers {
		words = append(words, "--leave-workers")
	}
	if o.force {
		words = append(words, "--force")
	}
	if o.junit != "" {
		words = append(words, "--junit="+o.junit)
	}
	return append(words, "--", o.scan)
}

// frame is what a master in the background tells the one in the foreground,
// until its workers work. One of its fields is filled in.
type frame struct {
	// Stdout and Stderr are text for these.
	Stdout string `json:"stdout,omitempty"`
	Stderr string `json:"stderr,omitempty"`
	// Ask is the prompt for a secret, which an answer is awaited to.
	Ask string `json:"ask,omitempty"`
	// Log is where the master says what happens, now that its workers work.
	Log string `json:"log,omitempty"`
}

// answer is a secret that was asked for, or why there is none.
type answer struct {
	Secret string `json:"secret"`
	Err    string `json:"err,omitempty"`
}

// The files that a master in the background has beyond the usual three: it
// reads the plan and answers, and writes frames.
const (
	ordersFile = 3
	framesFile = 4
)

// launched tells the events from which on workers work, or there is nothing
// left for them to do.
func launched(e runner.Event) bool {
	switch e := e.(type) {
	case runner.StepDone:
		return e.Name == plan.Launch{}.Kind()
	case runner.StepStarted:
		return e.Name == plan.Wait{}.Kind() || e.Name == plan.Aggregate{}.Kind() || e.Name == plan.Merge{}.Kind()
	}
	return false
}

// next is the command line that waits for the end of an order's run.
func (o order) next() string { return "scanmaster status --wait " + o.words }

// opening is the first line of an order's events.
func (o order) opening() report.Run {
	l := o.plan.Layout
	return report.Run{FormatVersion: report.FormatVersion, Name: l.Name, Run: l.Run, Dir: l.Dir}
}

// afterEnd is the command line that goes on with a run that is over: with one
// that is incomplete, where no aggregator has had its results.
func (o order) afterEnd(s runner.Summary) string {
	merged := slices.ContainsFunc(o.plan.Steps, func(step plan.Step) bool { return step.Kind() == plan.Merge{}.Kind() })
	if s.Verdict != runner.Incomplete || !merged {
		return ""
	}
	return "scanmaster resume " + o.words
}

// logName is the name of a log below the user's state folder.
func logName(l job.Layout) string { return l.Name + "-" + l.Run + ".log" }

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/gather"
	"scanmaster/runner"
	"scanmaster/runner/plan"
)

// masterFlags are the flags of the verbs that look after a run.
type masterFlags struct{ asJSON, leaveWorkers bool }

// add adds the flags to a verb's.
func (m *masterFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&m.asJSON, "json", false, "print events as JSON lines on stdout")
	flags.BoolVar(&m.leaveWorkers, "leave-workers", false, "leave the workers at work on Ctrl-C or TERM")
}

// carrier is runner.Apply or runner.Resume.
type carrier func(context.Context, plan.Plan, runner.Config) (runner.Summary, error)

// order is a run that is to be carried out.
type order struct {
	masterFlags
	plan plan.Plan
	// words name the scan on a command line.
	words string
	carry carrier
}

// carryOutOrder carries a run out, shows what happens, and says how to go on
// where it was stopped before its end.
func (a *app) carryOutOrder(ctx context.Context, o order) error {
	err := a.carryOut(ctx, o.plan, o.asJSON, func(ctx context.Context, p plan.Plan, cfg runner.Config) (runner.Summary, error) {
		cfg.LeaveWorkers = o.leaveWorkers
		return o.carry(ctx, p, cfg)
	})
	return howToGoOn(err, o)
}

// howToGoOn says how to go on with a run that was stopped before its end.
func howToGoOn(err error, o order) error {
	if err == nil {
		return nil
	}
	run, unknown := gather.LastRun(o.plan.Layout.Dir, o.plan.Layout.Name)
	if unknown != nil || run.Plan.Layout.Run != o.plan.Layout.Run || !run.State.Dealt || run.State.Finished {
		return err
	}
	if ended := (signalError{}); o.leaveWorkers && errors.As(err, &ended) {
		err = fmt.Errorf("%w\nthe workers are left at work", err)
	}
	return fmt.Errorf("%w\nresume with: scanmaster resume %s", err, o.words)
}

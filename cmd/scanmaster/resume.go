package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"scanmaster/runner"
	"scanmaster/runner/plan"
)

func newResume(a *app) *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "resume NAME|FILE [--dir DIR] [--json]",
		Short: "go on with a run whose master is gone",
		Long: `resume goes on with the last run of a scan where its master has stopped: it was
killed, its host is gone, or somebody has pressed Ctrl-C. It works from any host
that sees the shared folder. Every worker is asked: those that still work are
left alone and waited for, chunks that are done are counted, and what is left is
dealt out again. The run is carried out as it was planned, whatever the scan file
says by now.

A run that is over says so, and gives its exit status; one that is incomplete
goes on, unless an aggregator of yours has run.`,
		Args:                  oneScan,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.resume(cmd.Context(), args[0], dir, asJSON)
		},
	}
	runFlags(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print events as JSON lines on stdout")
	return cmd
}

// resume goes on with the last run of a scan and shows what happens.
func (a *app) resume(ctx context.Context, scan, dir string, asJSON bool) error {
	defer outliveReaders()()
	run, err := a.lastRun(scan, dir)
	if err != nil {
		return err
	}
	bin, err := a.program()
	if err != nil {
		return err
	}
	err = a.carryOut(ctx, run.Plan.With(bin), asJSON, runner.Resume)
	if over := new(runner.FinishedError); errors.As(err, &over) {
		return &exitError{verdicts[over.Verdict], err}
	}
	return a.howToGoOn(err, run.Plan, scan)
}

// carrier is runner.Apply or runner.Resume.
type carrier func(context.Context, plan.Plan, runner.Config) (runner.Summary, error)

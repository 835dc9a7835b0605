package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/gather"
	"scanmaster/runner"
)

func newResume(a *app) *cobra.Command {
	var dir string
	var how masterFlags
	cmd := &cobra.Command{
		Use:   "resume NAME|FILE [--dir DIR] [--json] [--junit FILE] [--ci auto|github|gitlab|none] [--force] [--leave-workers] [--detach]",
		Short: "go on with a run whose master is gone",
		Long: `resume goes on with the last run of a scan where its master has stopped: it was
killed, its host is gone, or somebody has pressed Ctrl-C. It works from any host
that sees the shared folder. Where the host of the last master can't be asked, it
names that master and watches its heartbeat first, for up to a lease. Every worker
is asked: those that still work are left alone and waited for, chunks that are done
are counted, and what is left is dealt out again. The run is carried out as it was
planned, whatever the scan file says by now. Ctrl-C, --detach, --ci and --junit are
as in apply.

A run that max_fail or canary has stopped stops again, unless it is to go on
without them: with --force.

A run that is over says so, and gives its exit status; one that is incomplete
goes on, unless an aggregator of yours has run.`,
		Args:                  oneScan,
		ValidArgsFunction:     scanAnd(noFile),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.resume(cmd.Context(), args[0], dir, how)
		},
	}
	runFlags(cmd, &dir)
	how.add(cmd)
	cmd.Flags().BoolVar(&how.force, "force", false, "go on without max_fail and canary")
	return cmd
}

// resume goes on with the last run of a scan and shows what happens.
func (a *app) resume(ctx context.Context, scan, dir string, how masterFlags) error {
	defer outliveReaders()()
	bearAsking()
	o := order{
		masterFlags: how, carry: runner.Resume,
		verb: "resume", flags: []string{"--dir=" + dir}, scan: scan, words: scanWords(scan, dir),
	}
	return a.telling(how, scan, func(out *outlets) error {
		o.out = out
		var run gather.Run
		if how.background == "" {
			var err error
			if run, err = a.lastRun(scan, dir); err != nil {
				return err
			}
			bin, err := a.program()
			if err != nil {
				return err
			}
			o.plan = run.Plan.With(bin)
		}
		err := a.carryOutOrder(ctx, o)
		if over := new(runner.FinishedError); errors.As(err, &over) {
			out.over(run.State.Summary, over)
			return &exitError{verdicts[over.Verdict], err}
		}
		return err
	})
}

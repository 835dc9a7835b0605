package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/render"
	"scanmaster/cmd/internal/report"
	"scanmaster/runner"
	"scanmaster/runner/job"
)

func newStatus(a *app) *cobra.Command {
	var how statusFlags
	cmd := &cobra.Command{
		Use:   "status NAME|FILE [--dir DIR] [--json] [--wait]",
		Short: "show how far a scan is, from any host",
		Long: `status shows how the last run of a scan stands, whether it is running, finished or
dead: who looks after it, how far it is, a row for each chunk, what was lost, and
what to do next. It reads the shared folder alone, from any host that sees it,
and changes nothing there. Of a scan that a classic master has started it tells
what the classic files tell.

The exit status is 0 while the run is going on, and that of the run when it is
over; it is 1 where there is no run, or where its master is dead and work is left.

With --wait it waits until the run is over. Where the master dies meanwhile, it
says so: at once on the master's own host, and elsewhere when the heartbeat has
stood still for a lease.

--json prints one object: format_version, name, run, state (running, finished or
dead), classic (a classic master has started it), moved (its aggregator has moved
all away since, and nothing can be counted), master (state: alive, dead,
unknown or gone; host, pid, user, since), began, ended, planned (the digest of the
saved plan that it carries out), step, cancelled_by, guarded (why a guard has stopped it),
dealt, resumable, targets, excluded, done, missing, missing_file, tally, chunks (chunk,
worker, state: waits, works, done or lost; since, lines, done, tally, rate in targets a
second, losses, lost, session), verdict, results, next. What isn't known is left
out.`,
		Args:                  oneScan,
		ValidArgsFunction:     scanAnd(noFile),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.showStatus(cmd.Context(), args[0], how)
		},
	}
	runFlags(cmd, &how.dir)
	cmd.Flags().BoolVar(&how.asJSON, "json", false, "print one JSON object")
	cmd.Flags().BoolVar(&how.wait, "wait", false, "wait until the run is over")
	return cmd
}

type statusFlags struct {
	dir          string
	asJSON, wait bool
}

// showStatus shows how the last run of a scan stands, and gives its status.
func (a *app) showStatus(ctx context.Context, scan string, how statusFlags) error {
	name, dir, err := a.scanCalled(scan, how.dir)
	if err != nil {
		return err
	}
	s, err := a.readStatus(ctx, job.Layout{Dir: dir, Name: name}, how.wait)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	show := render.Status
	if how.asJSON {
		show = render.StatusJSON
	}
	if err := show(a.stdout, s, nextStep(s, scanWords(scan, how.dir))); err != nil {
		return err
	}
	switch {
	case s.Phase == runner.PhaseDead:
		return &exitError{status: cmp.Or(verdicts[s.Verdict], exitNotDone)}
	case s.Phase == runner.PhaseFinished && s.Verdict != runner.Complete && !s.Moved:
		return &exitError{status: cmp.Or(verdicts[s.Verdict], exitNotDone)}
	}
	return nil
}

func (a *app) readStatus(ctx context.Context, l job.Layout, wait bool) (runner.Status, error) {
	if !wait {
		return runner.ReadStatus(ctx, l)
	}
	text := &report.Text{Out: a.stderr, Now: time.Now}
	return runner.AwaitStatus(ctx, l, func(err error) {
		text.Report(runner.Warning{Text: err.Error()})
	})
}

// nextStep is the command line to go on with; scan are the words that name the
// scan.
func nextStep(s runner.Status, scan string) string {
	switch {
	case s.Resumable && s.Guarded != "":
		return "scanmaster resume --force " + scan
	case s.Resumable:
		return "scanmaster resume " + scan
	case s.Phase == runner.PhaseFinished:
		return ""
	case s.Phase == runner.PhaseDead:
		return "scanmaster apply: nothing was started of this run"
	}
	for _, c := range s.Chunks {
		if c.Session {
			return "scanmaster attach " + scan + " " + job.Quote(c.Worker)
		}
	}
	return "scanmaster status --wait " + scan
}

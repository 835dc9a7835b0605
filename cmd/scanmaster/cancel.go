package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/report"
	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
)

func newCancel(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "cancel NAME|FILE [--dir DIR]",
		Short: "end the workers of a scan, from any host",
		Long: `cancel ends all that works for the last run of a scan, on this machine and on
all its worker hosts, and tells what it has ended. What is recorded stays, and
resume goes on from there. A master that still waits says who has cancelled the
run, and stops with exit status 1.`,
		Args:                  oneScan,
		ValidArgsFunction:     scanAnd(noFile),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.cancel(cmd.Context(), args[0], dir)
		},
	}
	runFlags(cmd, &dir)
	return cmd
}

// cancel ends the workers of the last run of a scan, wherever they are.
func (a *app) cancel(ctx context.Context, scan, dir string) error {
	p, err := a.lastPlan(scan, dir)
	if err != nil {
		return err
	}
	if run, known := lastRunWithin(hangs, p.Layout); known && run.State.Finished {
		return fmt.Errorf("run %s is over: nothing works for it", p.Layout.Run)
	}
	if err := a.holdHosts(p); err != nil {
		return err
	}
	text := &report.Text{Out: a.stderr, Now: time.Now}
	failed := 0
	for _, c := range runner.Cancel(ctx, p, a.config(text, false)) {
		line := fmt.Sprintf("%s: %d ended", c.Where, c.Ended)
		if c.Err != nil {
			failed++
			line = fmt.Sprintf("%s: %v", c.Where, c.Err)
		}
		if _, err := fmt.Fprintln(a.stdout, safe.Line(line, 0)); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("run %s may still work: not all could be told", p.Layout.Run)
	}
	return nil
}

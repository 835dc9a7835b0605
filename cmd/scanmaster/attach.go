package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/gather"
	"scanmaster/cmd/internal/report"
	"scanmaster/runner"
	"scanmaster/runner/host"
	"scanmaster/runner/plan"
)

func newAttach(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "attach NAME|FILE HOST [--dir DIR]",
		Short: "look into the screen session of a worker",
		Long: `attach hands the terminal over to the screen session that a worker host runs its
worker in: that of the last run of the scan that the scan file, or its name,
stands for. ^W d leaves the session, and it goes on.`,
		Args:                  scanAndHost,
		ValidArgsFunction:     scanAnd(a.workerHosts),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.attach(cmd.Context(), args[0], args[1], dir)
		},
	}
	runFlags(cmd, &dir)
	return cmd
}

func scanAndHost(cmd *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return misuse(cmd, "", "name a scan and a worker host")
	case 1:
		return misuse(cmd, "", "name a worker host")
	case 2:
		return nil
	}
	return misuse(cmd, "", "%q is one argument too many", args[2])
}

// attach shows the session of a worker on the terminal.
func (a *app) attach(ctx context.Context, scan, worker, dir string) error {
	run, err := a.lastRun(scan, dir)
	if err != nil {
		return err
	}
	if err := a.holdHosts(run.Plan); err != nil {
		return err
	}
	w, err := workerCalled(probeOf(run.Plan).Workers, worker)
	if err != nil {
		return err
	}
	return a.look(ctx, w, run)
}

// workerCalled finds a worker host by its name in the plan, or by its host.
func workerCalled(workers []plan.Worker, name string) (plan.Worker, error) {
	var found []plan.Worker
	for _, w := range workers {
		if w.Name == name {
			found = []plan.Worker{w}
			break
		}
		if w.Host == name {
			found = append(found, w)
		}
	}
	switch {
	case len(found) == 0:
		return plan.Worker{}, fmt.Errorf("the scan has no worker %s", name)
	case len(found) > 1:
		return plan.Worker{}, fmt.Errorf("%d workers are called %s; the plan gives each a name, such as %s", len(found), name, found[0].Name)
	case found[0].Local:
		return plan.Worker{}, fmt.Errorf("%s is this machine, where workers run without screen", name)
	}
	return found[0], nil
}

// look logs in to a worker's host and hands the terminal over to the first of
// its chunks that has a session.
func (a *app) look(ctx context.Context, w plan.Worker, run gather.Run) (err error) {
	text := &report.Text{Out: a.stderr, Now: time.Now}
	h, err := runner.Dial(ctx, run.Plan, w, a.config(text, false))
	if err != nil {
		return err
	}
	// The keyboard is given back before: until then it is read.
	defer func() { err = errors.Join(err, h.Close()) }()
	err = fmt.Errorf("%s had no chunk in run %s", w.Name, run.Plan.Layout.Run)
	for _, chunk := range run.ChunksOf(w.Name) {
		if err = a.handOver(ctx, h, run.Plan.Layout, chunk); !errors.Is(err, host.ErrNoSession) {
			return err
		}
	}
	return err
}

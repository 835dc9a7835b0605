package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/gather"
	"scanmaster/cmd/internal/report"
	"scanmaster/runner"
	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

func newAttach(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "attach NAME|FILE HOST [--dir DIR]",
		Short: "look into the screen session of a worker",
		Long: `attach hands the terminal over to the screen session that a worker host runs its
worker in: that of the last run of the scan that the scan file, or its name,
stands for. ^W d leaves the session, and it goes on.

By its name a scan is found below --dir, if the scan file names no other files
that the workers are reached by; else name the scan file.`,
		Args:                  scanAndHost,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.attach(cmd.Context(), args[0], args[1], dir)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", spec.DefaultDir, "the shared folder, where a name is given")
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
	file, byName := scan, false
	if _, err := os.Stat(scan); errors.Is(err, os.ErrNotExist) && job.CheckName(scan) == nil {
		run, err := gather.LastRun(dir, scan)
		if err != nil {
			return fmt.Errorf("%s: %w", scan, err)
		}
		file, byName = filepath.Join(run.Layout.RunDir(), string(job.RoleScan)), true
	}
	p, err := a.way(ctx, file)
	if err != nil {
		return err
	}
	if byName {
		p.Layout.Dir, p.Layout.Name = dir, scan
	}
	w, err := workerCalled(probeOf(p).Workers, worker)
	if err != nil {
		return err
	}
	run, err := gather.LastRun(p.Layout.Dir, p.Layout.Name)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Layout.Name, err)
	}
	return a.look(ctx, p, w, run)
}

// way compiles a scan file for the way to its workers alone: that inputs and
// hooks may be gone by now is no matter.
func (a *app) way(ctx context.Context, file string) (plan.Plan, error) {
	scan, problems := spec.Load(file)
	if err := a.show(file, problems); isInvalid(err) {
		return plan.Plan{}, &exitError{status: exitUsage}
	} else if err != nil {
		return plan.Plan{}, err
	}
	facts, _ := gather.Facts(ctx, scan, a.getenv("HOME"))
	if ctx.Err() != nil {
		return plan.Plan{}, context.Cause(ctx)
	}
	p, _ := plan.Compile(scan, facts)
	return p, nil
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
func (a *app) look(ctx context.Context, p plan.Plan, w plan.Worker, run gather.Run) (err error) {
	text := &report.Text{Out: a.stderr, Now: time.Now}
	h, err := runner.Dial(ctx, p, w, a.config(text, false))
	if err != nil {
		return err
	}
	// The keyboard is given back before: until then it is read.
	defer func() { err = errors.Join(err, h.Close()) }()
	err = fmt.Errorf("%s had no chunk in run %s", w.Name, run.Layout.Run)
	for _, chunk := range run.ChunksOf(w.Host) {
		if err = a.handOver(ctx, h, run.Layout, chunk); !errors.Is(err, host.ErrNoSession) {
			return err
		}
	}
	return err
}

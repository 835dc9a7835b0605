package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/render"
	"scanmaster/cmd/internal/report"
	"scanmaster/runner"
	"scanmaster/runner/plan"
)

func newDoctor(a *app) *cobra.Command {
	var with changes
	var asJSON bool
	var bounds confinement
	cmd := &cobra.Command{
		Use:   "doctor FILE [--json] [--set KEY=VALUE]... [--confine]",
		Short: "find out which workers of a scan file could work",
		Long: `doctor does what apply does before it touches anything: it logs in to all
workers, side by side, and looks whether they have what a scan needs: how to get
in, screen, the worker half, the shared folder and when one side sees what the
other writes there, room, clocks, keys for the targets, the ssh-agent, a way to
ping, how many files may be open, memory. Each is ok, or warn, or bad, which keeps
a worker from working, with what mends it. What
only the worker half can tell, such as whether its key for the targets is there,
is asked of it where it is on a host already: doctor copies nothing there.

No worker is started, and nothing is written but small files of its own below
DIR/.scanmaster/probe, which it removes. The exit status is 1 when fewer can
work than min_workers says. --set says a value in the place of the scan file's:
plan --help says more.

doctor logs in wherever the scan file says, with the keys of whoever calls it: a
policy can bound that, --confine bounds what is read. ` + confineHelp,
		Args:                  files(1, 1),
		ValidArgsFunction:     scanFiles(1),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := with.parse(cmd); err != nil {
				return err
			}
			return a.doctor(cmd.Context(), a.fromBounded(with, args[0], bounds), asJSON)
		},
	}
	with.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what was found as JSON")
	bounds.add(cmd, true)
	return cmd
}

// doctor probes the workers of a scan and shows what was found.
func (a *app) doctor(ctx context.Context, s source, asJSON bool) error {
	p, err := a.compileRun(ctx, s, false)
	if err != nil {
		return err
	}
	text := &report.Text{Out: a.stderr, Now: time.Now}
	probed, err := runner.Probe(ctx, p, a.config(text, false))
	if err != nil {
		return err
	}
	checkups := make([]render.Checkup, len(probed))
	for i, w := range probed {
		checkups[i] = render.Checkup{Worker: w.Worker, Facts: w.Facts, Ping: w.Ping, Reasons: w.Reasons, Warnings: w.Warnings, Found: w.Found}
	}
	show, least := render.Doctor, probeOf(p).MinWorkers
	if asJSON {
		show = render.DoctorJSON
	}
	if err := show(a.stdout, checkups, least); err != nil {
		return err
	}
	if render.Working(checkups) < least {
		return &exitError{status: exitNotDone}
	}
	return nil
}

// probeOf is the plan's step of that kind.
func probeOf(p plan.Plan) plan.Probe {
	for _, step := range p.Steps {
		if s, ok := step.(plan.Probe); ok {
			return s
		}
	}
	return plan.Probe{}
}

package main

import (
	"context"
	"fmt"
	"os/exec"
)

// start times the plan of a small scan against what only prints a line.
func start(ctx context.Context, o options) error {
	if o.targets == 0 {
		o.targets = 1000
	}
	return on(ctx, 0, func(g *ground) error { return g.startOf(ctx, o) })
}

func (g *ground) startOf(ctx context.Context, o options) error {
	list, err := g.list("targets.txt", o.targets)
	if err != nil {
		return err
	}
	if _, _, err := g.apply(o, list, 3, o.targets).command(ctx); err != nil { // it writes the scan file
		return err
	}
	heading(o, "start")
	none := func() error { return nil }
	all := []contender{
		{"scanmaster version", func(ctx context.Context) (*exec.Cmd, func() error, error) {
			return exec.CommandContext(ctx, g.scanmaster, "version"), none, nil
		}},
		{"scanmaster plan", func(ctx context.Context) (*exec.Cmd, func() error, error) {
			return exec.CommandContext(ctx, g.scanmaster, "plan", g.path("scan.yaml")), none, nil
		}},
	}
	runs, err := contest(ctx, all, o.pairs, func(string) {})
	if err != nil {
		return err
	}
	ms := func(t took) float64 { return t.wall.Seconds() * 1000 }
	fmt.Printf("version %.1f ms, plan %.1f ms, %.2f times as long\n", median(each(runs[0], ms)), median(each(runs[1], ms)), ratio(runs[1], runs[0], ms))
	return nil
}

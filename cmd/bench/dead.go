package main

import (
	"context"
	"fmt"
	"time"

	"scanmaster/runner/job"
)

// Of a thousand targets so many are silent, and so many don't answer at all.
const (
	mutes   = 100
	nowhere = 100
)

// dead runs a worker over a list with dead targets, and over its live ones alone.
func dead(ctx context.Context, o options) error {
	if o.targets == 0 {
		o.targets = 1000
	}
	if o.targets <= mutes+nowhere {
		return fmt.Errorf("%d targets are too few: %d of them are dead", o.targets, mutes+nowhere)
	}
	return on(ctx, nowhere, func(g *ground) error { return g.deadOf(ctx, o) })
}

func (g *ground) deadOf(ctx context.Context, o options) error {
	live := o.targets - mutes - nowhere
	alone, err := g.list("live.txt", live)
	if err != nil {
		return err
	}
	var bad []string
	for n := range mutes {
		bad = append(bad, fmt.Sprintf("mute%d %s:%d", n, address(muteNet, n), g.port), fmt.Sprintf("gone%d %s", n, g.filtered[n]))
	}
	mixed, err := g.list("mixed.txt", live, bad...)
	if err != nil {
		return err
	}
	heading(o, "dead hosts, the first 200")
	all := []contender{g.worker(o, alone, live), g.worker(o, mixed, live)}
	all[0].name, all[1].name = "the live ones alone", "all"
	runs, err := contest(ctx, all, o.pairs, note)
	if err != nil {
		return err
	}
	longest := max(job.DefaultTimeouts.Connect, job.DefaultTimeouts.Banner)
	seconds := func(t took) float64 { return t.wall.Seconds() }
	of, with := median(each(runs[0], seconds)), median(each(runs[1], seconds))
	most := longest.Seconds() + 1.2*of + 0.5
	fmt.Printf("the live ones alone %.2f s, all %.2f s; the longest deadline (%v) + 1.2 x the live ones + 0.5 s = %.2f s\n",
		of, with, longest.Round(time.Second), most)
	return nil
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
)

// base is the number of targets that a long list is held against.
const base = 10_000

// growth runs one worker, and a scan of ten, over a very long list and over a
// short one, and shows what grows with it.
func growth(ctx context.Context, o options) error {
	if o.targets == 0 {
		o.targets = 1_000_000
	}
	return on(ctx, 0, func(g *ground) error { return g.growthOf(ctx, o, base) })
}

// grown is a run over so many targets, and what it left in its shared folder.
type grown struct {
	name          string
	targets, left int
	took
}

func (g *ground) growthOf(ctx context.Context, o options, short int) error {
	o.pairs = 1 // it takes long
	heading(o, "growth")
	long, err := g.list("long.txt", o.targets)
	if err != nil {
		return err
	}
	few, err := g.list("short.txt", short)
	if err != nil {
		return err
	}
	var all []grown
	for _, c := range []struct {
		contender
		targets int
	}{
		{g.worker(o, few, short), short}, {g.worker(o, long, o.targets), o.targets}, {g.worker(o, few, short), short},
		{g.apply(o, few, 10, short), short}, {g.apply(o, long, 10, o.targets), o.targets}, {g.apply(o, few, 10, short), short},
	} {
		t, err := c.run(ctx)
		if err != nil {
			return err
		}
		all = append(all, grown{c.name, c.targets, g.left, t})
		note(fmt.Sprintf("%s, %d targets: %.2f s", c.name, c.targets, t.wall.Seconds()))
	}
	return growthTable(os.Stdout, all)
}

func growthTable(w io.Writer, all []grown) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(t, "\ttargets\ts\thosts/s\tCPU ms/host\tpeak MiB\topen files\tleft in DIR\t") // Flush tells
	for _, r := range all {
		_, _ = fmt.Fprintf(t, "%s\t%d\t%.1f\t%.0f\t%.2f\t%.0f\t%d\t%d\t\n", r.name, r.targets, r.wall.Seconds(),
			float64(r.targets)/r.wall.Seconds(), r.cpu.Seconds()*1000/float64(r.targets), float64(r.peak)/(1<<20), r.open, r.left)
	}
	return t.Flush()
}

// loud runs one worker, and a scan of three, over targets that write a lot.
func loud(ctx context.Context, o options) error {
	if o.targets == 0 {
		o.targets = 5000
	}
	return on(ctx, 0, func(g *ground) error { return g.loudOf(ctx, o) })
}

func (g *ground) loudOf(ctx context.Context, o options) error {
	list, err := g.listOf("loud.txt", loudNet, o.targets)
	if err != nil {
		return err
	}
	o.pairs = 1 // it takes long
	heading(o, fmt.Sprintf("%d KiB of output each", loudness>>10))
	lines := o.targets * bytes.Count(loudText, []byte("\n"))
	var all []grown
	for _, c := range []contender{g.worker(o, list, lines), g.apply(o, list, 3, o.targets)} {
		t, err := c.run(ctx)
		if err != nil {
			return err
		}
		all = append(all, grown{c.name, o.targets, g.left, t})
	}
	return growthTable(os.Stdout, all)
}

package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"text/tabwriter"
)

// table prints what contenders have taken for so many targets, against the
// first of them.
func table(w io.Writer, all []contender, runs [][]took, targets int) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(t, "\thosts/s\tCPU ms/host\tpeak MiB\thosts/s, ratio\tCPU, ratio\t") // Flush tells
	wall := func(t took) float64 { return t.wall.Seconds() }
	rate := func(t took) float64 { return float64(targets) / t.wall.Seconds() }
	cpu := func(t took) float64 { return t.cpu.Seconds() * 1000 / float64(targets) }
	peak := func(t took) float64 { return float64(t.peak) / (1 << 20) }
	for i, c := range all {
		_, _ = fmt.Fprintf(t, "%s\t%.0f\t%.2f\t%.0f\t%.2f\t%.2f\t\n", c.name,
			median(each(runs[i], rate)), median(each(runs[i], cpu)), median(each(runs[i], peak)),
			ratio(runs[0], runs[i], wall), ratio(runs[i], runs[0], cpu))
	}
	return t.Flush()
}

// heading says what the table is of.
func heading(o options, what string) {
	kex := o.kex
	if kex == "" {
		kex = "the library's choice of key exchange"
	}
	rounds := fmt.Sprintf("medians of %d rounds", o.pairs)
	if o.pairs == 1 {
		rounds = "one round"
	}
	fmt.Printf("%s: %d targets, %d at a time, %s; %s; %d CPUs, %s\n\n",
		what, o.targets, o.jobs, kex, rounds, runtime.NumCPU(), runtime.Version())
}

// note says how far a measurement is, to whoever waits for it.
func note(line string) { _, _ = fmt.Fprintln(os.Stderr, line) }

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/results"
	"scanmaster/runner/past"
)

// diffFlags are the flags of diff.
type diffFlags struct {
	dir, output string
	hosts       []string
	exitCode    bool
	view        results.View
}

func newDiff(a *app) *cobra.Command {
	var how diffFlags
	cmd := &cobra.Command{
		Use:   "diff NAME|FILE [RUN [RUN]] [--host PATTERN] [--dir DIR] [-o text|json] [--all] [--raw] [--detailed-exitcode]",
		Short: "show how two runs of a scan differ",
		Long: `diff shows what has come of the targets in a run that was different in an earlier one:
which are newly unreachable, which are back again, where the exit status or the output
is another, which are without an outcome now, and which lines are gone from the list
or new there. It compares the last two runs of a scan, or the last one with one that
is named, or two that are, each by its id or how that begins; whichever began first
is the earlier one. Hosts whose outcome has changed in the same way, and whose output
was the same before and is the same now, are one group. A target is known by its
input line. --host selects by a pattern of the host or IP field, as with results.
Where an output can't be read, and the exit status is the same, nothing is known: such
targets are counted, and are no difference.

-o json has an object a line: of the two runs, and of each group. What targets have
sent is escaped, unless --raw is given. With --detailed-exitcode the exit status is 10
where anything differs.`,
		Args:                  scanAndRuns,
		ValidArgsFunction:     scanAnd(a.runsOf),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return unlessItIsEnded(cmd.Context(), func() error { return a.diff(cmd, args[0], args[1:], how) })
		},
	}
	runFlags(cmd, &how.dir)
	flags := cmd.Flags()
	flags.StringArrayVar(&how.hosts, "host", nil, "hosts that match the `pattern`")
	flags.StringVarP(&how.output, "output", "o", "text", "text, or json for programs")
	flags.BoolVar(&how.view.All, "all", false, "cut nothing")
	flags.BoolVar(&how.view.Raw, "raw", false, "show what targets have sent as it is")
	flags.BoolVar(&how.exitCode, "detailed-exitcode", false, "exit with 10 where anything differs")
	complete(cmd, "host", noFile)
	complete(cmd, "output", oneOf("text", "json"))
	return cmd
}

// scanAndRuns wants a scan, and no more than two runs.
func scanAndRuns(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return misuse(cmd, "", "name a scan, or its file")
	case len(args) > 3:
		return misuse(cmd, "", "%q is one argument too many", args[3])
	}
	return nil
}

// diff shows how two runs differ.
func (a *app) diff(cmd *cobra.Command, scan string, runs []string, how diffFlags) (err error) {
	if how.output != "text" && how.output != "json" {
		return misuse(cmd, "", "-o %q is neither text nor json", how.output)
	}
	filter, err := hostsThat(cmd, how.hosts)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	from, to, err := a.twoRuns(ctx, scan, how.dir, runs)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close(), to.Close()) }()
	how.view.Width = a.columns()
	c, err := results.Compare(ctx, from, to, filter)
	if err == nil && how.output == "json" {
		err = c.JSON(ctx, a.stdout, how.view.Raw)
	} else if err == nil {
		err = c.Text(ctx, a.stdout, how.view)
	}
	if err != nil {
		return err
	}
	a.warn(c.Notes())
	if how.exitCode && c.Differs() {
		return &exitError{status: exitChanged}
	}
	return nil
}

// twoRuns opens the runs that are to be compared, the earlier one first: those that
// are named, and the newest in the place of those that aren't. The caller closes
// both.
func (a *app) twoRuns(ctx context.Context, scan, dir string, named []string) (from, to *past.Run, err error) {
	var runs []*past.Run
	defer func() {
		if err != nil {
			for _, r := range runs {
				err = errors.Join(err, r.Close())
			}
		}
	}()
	if len(named) == 0 {
		name, dir, err := a.scanCalled(scan, dir)
		if err != nil {
			return nil, nil, err
		}
		if runs, err = past.Newest(ctx, dir, name, 2); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(runs) < 2 {
			return nil, nil, fmt.Errorf("%s has but one run, %s: there is nothing to compare it with; the scan file's keep says how many earlier ones are kept", name, runs[0].ID)
		}
		return runs[1], runs[0], nil
	}
	for _, run := range append(slices.Clone(named), "")[:2] {
		r, err := a.pastRun(ctx, scan, dir, run)
		if err != nil {
			return nil, nil, err
		}
		runs = append(runs, r)
	}
	if runs[0].Ref == runs[1].Ref {
		return nil, nil, fmt.Errorf("%s would be compared with itself; name an earlier run", runs[0].ID)
	}
	slices.SortFunc(runs, func(a, b *past.Run) int { return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(a.ID, b.ID)) })
	return runs[0], runs[1], nil
}

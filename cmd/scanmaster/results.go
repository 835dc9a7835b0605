package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"scanmaster/cmd/internal/results"
	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/past"
	"scanmaster/spec/open"
)

// resultsFlags are the flags of results.
type resultsFlags struct {
	dir, run, output string
	only, hosts      []string
	view             results.View
}

func newResults(a *app) *cobra.Command {
	var how resultsFlags
	cmd := &cobra.Command{
		Use:   "results NAME|FILE [--run RUN] [--only OUTCOME,…] [--host PATTERN]... [--diff] [--dir DIR] [-o text|lines|json|csv] [--all] [--raw]",
		Short: "show what has come of a run's targets",
		Long: `results shows what the last run of a scan has come to, or the one that --run names
by its id or how that begins: also one that is still running, as far as it is, and
those that later runs have moved to .old. Targets with the same outcome and the same
output are one group, the biggest first, their hosts as ranges that nodeset, clush
and pdsh take. --diff shows whole the output of the most hosts, and how the others
differ from it.

--only takes outcomes and finer reasons, parted by commas, and prints the input lines
of those targets, which can be an input again; with -o or --diff it selects what is
shown. They are ok, exit or failed (a status other than 0), exit_N, noping, nosshd,
nossh, unreachable (these three), unknown, missing (no outcome); and refused, timeout,
connect-timeout, host-key, auth and others. --host selects by a pattern of the host or
IP field, as a shell has them; it may be given more than once.

-o csv has a row a target: line, host, ip, class, exit, reason, worker, connect_ms,
run_ms, output; an apostrophe stands before what a spreadsheet would take for a
formula. -o json has an object a line: of the run, of each target, of each group,
and at the end. What targets have sent is escaped in all of them, unless --raw is
given.

What is missing of a run, as where an aggregator has moved it away, is said on
standard error. The exit status is 1 where there is no such run.`,
		Args:                  oneScan,
		ValidArgsFunction:     scanAnd(noFile),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return unlessItIsEnded(cmd.Context(), func() error { return a.showResults(cmd, args[0], how) })
		},
	}
	runFlags(cmd, &how.dir)
	flags := cmd.Flags()
	flags.StringVar(&how.run, "run", "", "the `run`, by its id or the beginning of it (the newest)")
	flags.StringSliceVar(&how.only, "only", nil, "these `outcomes` or reasons; prints input lines unless -o says otherwise")
	flags.StringArrayVar(&how.hosts, "host", nil, "hosts that match the `pattern`")
	flags.BoolVar(&how.view.Diff, "diff", false, "show how outputs differ from that of the most hosts")
	flags.StringVarP(&how.output, "output", "o", "text", "text, lines of the input, or json or csv for programs")
	flags.BoolVar(&how.view.All, "all", false, "cut nothing")
	flags.BoolVar(&how.view.Raw, "raw", false, "show what targets have sent as it is")
	complete(cmd, "run", a.runsOf)
	complete(cmd, "only", oneOf(past.Words()...))
	complete(cmd, "host", noFile)
	complete(cmd, "output", oneOf("text", "lines", "json", "csv"))
	return cmd
}

// showResults shows what a run has come to.
func (a *app) showResults(cmd *cobra.Command, scan string, how resultsFlags) (err error) {
	if !slices.Contains([]string{"text", "lines", "json", "csv"}, how.output) {
		return misuse(cmd, "", "-o %q is neither text, lines, json nor csv", how.output)
	}
	if len(how.only) > 0 && !how.view.Diff && !cmd.Flags().Changed("output") {
		how.output = "lines"
	}
	if how.view.Diff && how.output != "text" {
		return misuse(cmd, "", "--diff is for -o text")
	}
	filter, err := filterOf(cmd, how)
	if err != nil {
		return err
	}
	run, err := a.pastRun(cmd.Context(), scan, how.dir, how.run)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run.Close()) }()
	how.view.Width = a.columns()
	notes, err := a.writeResults(cmd.Context(), run, filter, how)
	if err == nil {
		a.warn(notes)
	}
	return err
}

// unlessItIsEnded does what reads the shared folder, and leaves it behind where it was
// told to end and doesn't: a file system that hangs can't be told.
func unlessItIsEnded(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(hangs):
		return context.Cause(ctx)
	}
}

func (a *app) writeResults(ctx context.Context, run *past.Run, filter results.Filter, how resultsFlags) ([]string, error) {
	switch how.output {
	case "lines":
		return results.Lines(ctx, a.stdout, run, filter, how.view.Raw)
	case "csv":
		return results.CSV(ctx, a.stdout, run, filter, how.view.Raw)
	case "json":
		return results.JSON(ctx, a.stdout, run, filter, how.view)
	}
	folded, err := results.Fold(ctx, run, filter, nil)
	if err != nil {
		return nil, err
	}
	return folded.Notes(), folded.Text(ctx, a.stdout, how.view)
}

// filterOf says which targets are wanted.
func filterOf(cmd *cobra.Command, how resultsFlags) (results.Filter, error) {
	only, err := selectionOf(cmd, how.only)
	if err != nil {
		return results.Filter{}, err
	}
	filter, err := hostsThat(cmd, how.hosts)
	filter.Only = only
	return filter, err
}

// hostsThat says which targets --host takes.
func hostsThat(cmd *cobra.Command, patterns []string) (results.Filter, error) {
	if err := results.CheckHosts(patterns); err != nil {
		return results.Filter{}, misuse(cmd, "", "--host: %w", err)
	}
	return results.Filter{Hosts: patterns}, nil
}

// selectionOf says which targets --only takes.
func selectionOf(cmd *cobra.Command, words []string) (past.Selection, error) {
	only, err := past.Select(words)
	if unknown := new(past.UnknownWordError); errors.As(err, &unknown) {
		err = misuse(cmd, nearest(unknown.Word, past.Words()), "--only: %w", err)
	}
	return only, err
}

// nearest is the word that was probably meant; empty where none is near.
func nearest(word string, words []string) string {
	near, best := "", 0.5
	for _, w := range words {
		if s := levenshtein.Match(word, w, nil); s > best {
			near, best = w, s
		}
	}
	return near
}

// pastRun opens a run of a scan that is named, or whose scan file is. The caller
// closes it.
func (a *app) pastRun(ctx context.Context, scan, dir, run string) (*past.Run, error) {
	return a.pastRunBy(ctx, open.Anywhere, scan, dir, run)
}

// pastRunBy is pastRun that reads a scan file by an opener.
func (a *app) pastRunBy(ctx context.Context, files open.Opener, scan, dir, run string) (*past.Run, error) {
	name, dir, err := a.scanCalledBy(files, scan, dir)
	if err != nil {
		return nil, err
	}
	r, err := past.Open(ctx, dir, name, run)
	if none := new(past.NoRunError); err != nil && !errors.As(err, &none) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, err
}

// warn tells people what of a run is missing.
func (a *app) warn(notes []string) {
	for _, note := range notes {
		a.say(safe.Text(a.says(), note, 0, 0))
	}
}

// usualColumns is how wide text is where there is no terminal.
const usualColumns = 100

// columns is how wide text may be.
func (a *app) columns() int {
	out := a.stdout
	if w, ok := out.(*remembering); ok {
		out = w.Writer
	}
	if f, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return usualColumns
}

// runsOf completes the runs of a scan that was named.
func (a *app) runsOf(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	dir, _ := cmd.Flags().GetString("dir") // a flag of all that take a run
	return unlessItHangs(func() []string {
		name, dir, err := a.scanCalled(args[0], dir)
		if err != nil {
			return nil
		}
		refs, _ := past.List(cmd.Context(), dir, name) // nothing is known where it can't be read
		var ids []string
		for _, r := range refs {
			ids = append(ids, r.ID)
		}
		return ids
	}), cobra.ShellCompDirectiveNoFileComp
}

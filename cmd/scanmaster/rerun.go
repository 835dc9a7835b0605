package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"scanmaster/runner/past"
	"scanmaster/runner/plan"
	"scanmaster/runner/rerun"
	"scanmaster/spec"
	"scanmaster/spec/open"
)

// rerunFlags are the flags of rerun.
type rerunFlags struct {
	masterFlags
	dir    string
	only   []string
	again  past.Selection // what only says
	bounds confinement
}

func newRerun(a *app) *cobra.Command {
	var how rerunFlags
	cmd := &cobra.Command{
		Use: "rerun NAME|FILE --only OUTCOME,… [--dir DIR] [--json] [--junit FILE] [--ci auto|github|gitlab|none] " +
			"[--leave-workers] [--detach] [--confine]",
		Short: "scan some targets of the last run again",
		Long: `rerun scans again those targets of the last run that --only names by what came of
them, and those without an outcome. What came of all others is taken over: the new
run holds every target of the list, and the last one is kept beside it.

--only takes outcomes (ok, exit, exit_3, noping, nosshd, nossh, unknown), words for
several (failed, unreachable, missing) and finer reasons (refused, auth,
connect-timeout, …), separated by commas.

The scan file is read anew, and so a script that was mended runs as it is now; of
its input only those targets are taken. The pre hook doesn't run, since the list is
there, and max_fail, max_drift and canary don't judge a scan of what has failed
before. A post_chunk hook runs over what was taken over on this host. Ctrl-C,
--leave-workers, --detach and --confine are as in apply. The rerun of a run that was
confined is that, too, unless --confine=false says otherwise. Which run it is a scan
file says itself: with one of somebody who isn't trusted give --confine.`,
		Args:                  oneScan,
		ValidArgsFunction:     scanAnd(noFile),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(how.only) == 0 {
				return misuse(cmd, "", "say which targets are to be scanned again, with --only")
			}
			var err error
			if how.again, err = selectionOf(cmd, how.only); err != nil {
				return err
			}
			return a.rerun(cmd.Context(), args[0], how)
		},
	}
	runFlags(cmd, &how.dir)
	how.add(cmd)
	cmd.Flags().StringSliceVar(&how.only, "only", nil, "scan those with one of these `outcomes` or reasons again")
	complete(cmd, "only", oneOf(past.Words()...))
	how.bounds.add(cmd, false)
	return cmd
}

// rerun scans some targets of the last run again, and shows what happens.
func (a *app) rerun(ctx context.Context, scan string, how rerunFlags) error {
	defer outliveReaders()()
	bearAsking()
	return a.telling(how.masterFlags, scan, func(out *outlets) error {
		o := order{
			masterFlags: how.masterFlags, carry: applying(false), verb: "rerun", out: out,
			flags: append([]string{"--dir=" + how.dir, "--only=" + strings.Join(how.only, ",")}, how.bounds.flags()...), scan: scan, words: scanWords(scan, how.dir),
		}
		if how.background != "" {
			return a.carryOutOrder(ctx, o)
		}
		return a.rerunOf(ctx, o, how)
	})
}

// rerunOf finds the targets of an order, and carries it out. Their list is read until
// they are dealt out, which a master in the background has done when this one is let
// go.
func (a *app) rerunOf(ctx context.Context, o order, how rerunFlags) (err error) {
	folder, err := os.MkdirTemp("", "scanmaster-rerun-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	again, err := a.again(ctx, o.scan, how, filepath.Join(folder, "targets"))
	if err != nil {
		return err
	}
	if again.scan == nil {
		a.say("scanmaster: no target of the last run is to be scanned again")
		return nil
	}
	if o.plan, err = a.compileRun(ctx, again, false); err != nil {
		return err
	}
	return a.carryOutOrder(ctx, o)
}

// again makes the scan of those targets of the last run that are to be scanned
// again, whose list is written to a file. The scan is nil where there are none.
func (a *app) again(ctx context.Context, scan string, how rerunFlags, list string) (s source, err error) {
	last, err := a.pastRunBy(ctx, a.filesOf(how.bounds, scan), scan, how.dir, "")
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, last.Close()) }()
	if !last.Over() {
		return s, fmt.Errorf("run %s is not finished; scanmaster resume %s goes on with it", last.ID, scanWords(scan, how.dir))
	}
	file, err := scanFileOf(last, scan, isName(scan, how.dir))
	if err != nil {
		return s, err
	}
	scanned, stay, err := writeAgain(ctx, rerun.Source{Run: last, Again: how.again}, list)
	if err != nil || scanned == 0 {
		return s, err
	}
	var with changes
	if last.Plan != nil {
		how.bounds = how.bounds.as(*last.Plan)
		if with, err = planned(*last.Plan); err != nil {
			return s, err
		}
		with.part = plan.Limit{} // of what there was, these are scanned again
	}
	s = a.fromBounded(with, file, how.bounds)
	s.files = open.Besides(s.files, list)
	s.rerun = &plan.Rerun{Run: last.ID, Again: slices.Sorted(slices.Values(how.only)), Stay: stay}
	if s.scan.Readable() && s.scan.Name != last.Name {
		return s, fmt.Errorf("%s is of scan %s, and the run of %s", file, s.scan.Name, last.Name)
	}
	onlyAgain(s.scan, list)
	return s, nil
}

// onlyAgain has a scan take its targets from a list of those that are scanned again,
// and nothing judge that most of them failed before.
func onlyAgain(s *spec.Scan, list string) {
	s.Input, s.Hooks.Pre = spec.Paths{list}, ""
	s.Canary, s.MaxFail, s.MaxDrift = spec.Limit{}, spec.Percent{}, spec.Percent{}
	s.Keep = max(1, s.Keep) // what stays is taken from there
}

// writeAgain writes the list of the targets that are scanned again, and counts them
// and those that aren't.
func writeAgain(ctx context.Context, from rerun.Source, list string) (scanned, stay int64, err error) {
	file, err := os.OpenFile(list, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, 0, err
	}
	w := bufio.NewWriterSize(file, 64<<10)
	scanned, stay, err = from.Lines(ctx, w)
	if gone := new(rerun.GoneError); errors.As(err, &gone) {
		err = fmt.Errorf("%w\nscanmaster results --only prints the lines, for a scan of their own", err)
	}
	return scanned, stay, errors.Join(err, w.Flush(), file.Close())
}

// scanFileOf is the scan file that a run was made of: the one that is named, or
// where that is only its name, the one that its plan was made of.
func scanFileOf(run *past.Run, named string, isName bool) (string, error) {
	if !isName {
		return named, nil
	}
	if run.Plan == nil {
		return "", fmt.Errorf("which scan file run %s was made of isn't known; name the file", run.ID)
	}
	for _, step := range run.Plan.Steps {
		check, ok := step.(plan.Check)
		if !ok {
			continue
		}
		for _, f := range check.Files {
			if f.Key == plan.ScanFileKey && f.Text != "" {
				return "", fmt.Errorf("run %s was started by a classic command line; scanmaster init --from-args makes a scan file of that, to be named here", run.ID)
			}
		}
	}
	return filepath.Join(run.Plan.Base, filepath.Base(run.Plan.File)), nil
}

package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/runner/hook"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/sweep"
)

// scanExit is what the statuses of scanhosts mean.
const scanExit = `Exit status:
  0        whatever came of the hosts
  1        it could not be carried out
  2        usage
  6        the script after all failed
  130, 143 ended by a signal
`

func newScanhosts(a *app) *cobra.Command {
	t := aim{jobs: checkJobs}
	var tree sweep.Tree
	cmd := &cobra.Command{
		Use:   "scanhosts [-BHIPSh] [-A MODE] [-n JOBS] [-o DIR] [-p POST] [-r SCRIPT] [-s SUFFIX] -f FILE …",
		Short: "run a script on the hosts of files, many at a time (also as scanhosts)",
		Long: `scanhosts deals the hosts of all files out to DIR/input/SUFFIX, a file a job, runs
a script on each, as checkhosts does, and leaves what came of them in
DIR/output/SUFFIX, a folder a file. Last of all it runs POST in DIR.

With -B hosts are tried one after the other; with -H besides, the script is copied
over and run from a private file, so that it may ask something of who sits at the
terminal.`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return misuse(cmd, "", "%q is one argument too many: hosts stand in files (-f)", args[0])
			case len(t.lists) == 0:
				return misuse(cmd, "", "say which hosts: -f FILE")
			}
			return nil
		},
		ValidArgsFunction:     noFile,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if job.CheckName(tree.Suffix) != nil {
				return misuse(cmd, "", "-s %q is no name for a folder: letters, digits, dots, underscores and hyphens are", tree.Suffix)
			}
			if t.apart {
				t.jobs = 1
			}
			c, err := a.sweepConfig(cmd, &t, nil)
			if err != nil {
				return err
			}
			return a.scanhosts(cmd.Context(), c, tree)
		},
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false)
	t.flags(flags)
	countFlag(flags, &t.jobs, "jobs", "n", 1, "hosts at a time")
	flags.BoolVarP(&t.apart, "one-by-one", "B", false, "one host after the other")
	flags.StringVarP(&tree.Post, "post", "p", "", "the `script` to run after all")
	flags.StringVarP(&tree.Suffix, "suffix", "s", job.Min(time.Now()), "names the folders (the minute)")
	flags.Lookup("suffix").DefValue = ""
	t.completes(cmd)
	complete(cmd, "suffix", noFile)
	cmd.SetHelpTemplate(helpText + scanExit)
	return cmd
}

func (a *app) scanhosts(ctx context.Context, c sweep.Config, tree sweep.Tree) error {
	tree.Said = a.stderr
	tally, err := c.Scan(ctx, tree)
	a.summarize(tally, func(key string) string {
		return filepath.Join(c.Out, job.Output, tree.Suffix, "*", result.FilePrefix+key)
	})
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if failed := new(hook.Error); errors.As(err, &failed) {
		return &exitError{exitHook, err}
	}
	return came(tally, err, false)
}

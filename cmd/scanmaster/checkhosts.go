package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/result"
	"scanmaster/runner/sweep"
)

// checkJobs is how many targets checkhosts has in hand where it is no background
// task of scanhosts, which starts many of them.
const checkJobs = 40

// checkExit is what the statuses of checkhosts mean.
const checkExit = `Exit status:
  0        whatever came of the hosts
  1        it could not be carried out
  2        usage
  3        with --exit-status: a script failed
  4        with --exit-status: a host could not be reached
  130, 143 ended by a signal
`

func newCheckhosts(a *app) *cobra.Command {
	var t aim
	var complain, status bool
	cmd := &cobra.Command{
		Use:   "checkhosts [-HIPSbeh] [-A MODE] [-f FILE]… [-n JOBS] [-o DIR] [-r SCRIPT] [--exit-status] [HOST…]",
		Short: "run a script on hosts, and sort them by what came of it (also as checkhosts)",
		Long: `checkhosts runs a script on each host and adds what came of it to the files
hosts_ok, hosts_exit_N, hosts_noping, hosts_nosshd, hosts_nossh and hosts_checked.
Hosts are the arguments, then those in files; where neither is given, those on the
standard input. Of SSHOPTS it understands what scanslave does.

With -H and without -b the script is copied over and run from a private file, one
host after the other, so that it may ask something of who sits at the terminal.`,
		ValidArgsFunction:     noFile,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, hosts []string) error {
			if t.jobs == 0 {
				t.jobs = checkJobs
				if t.background || t.attended {
					t.jobs = 1
				}
			}
			t.apart = t.jobs == 1 && !t.background
			c, err := a.sweepConfig(cmd, &t, hosts)
			if err != nil {
				return err
			}
			return a.checkhosts(cmd.Context(), c, complain, status)
		},
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false)
	t.flags(flags)
	countFlag(flags, &t.jobs, "jobs", "n", 1, "hosts at a time (40; 1 with -b or -H)")
	flags.BoolVarP(&t.background, "background", "b", false, "one of many: scanhosts starts it so")
	flags.BoolVarP(&complain, "errors", "e", false, "write no results; say which hosts could not be reached, and how far they were")
	flags.BoolVar(&status, "exit-status", false, "let the exit status tell what came of the hosts")
	t.completes(cmd)
	cmd.SetHelpTemplate(helpText + checkExit)
	return cmd
}

func (a *app) checkhosts(ctx context.Context, c sweep.Config, complain, status bool) error {
	var instead sweep.Ledger
	if complain {
		instead = &sweep.Complaints{Say: func(line string) { a.say(safe.Line(line, 0)) }}
	}
	tally, err := c.Check(ctx, instead)
	if !complain {
		a.summarize(tally, func(key string) string { return filepath.Join(c.Out, result.FilePrefix+key) })
	}
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return came(tally, err, status)
}

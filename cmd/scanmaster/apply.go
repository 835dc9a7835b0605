package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/report"
	"scanmaster/cmd/internal/saved"
	"scanmaster/runner"
	"scanmaster/runner/hook"
	"scanmaster/runner/plan"
)

// applyFlags are the flags of apply.
type applyFlags struct {
	masterFlags
	changes
	restart bool
	bounds  confinement
	// expect is the digest of the plan that is to be carried out; empty where any is.
	expect string
}

const applyHelp = `apply carries out what plan shows: it checks all that can be checked, moves what
an earlier scan of the same name left out of the way, deals the targets out,
starts the workers, waits for all of them, and aggregates the results.

A plan that plan --out has saved is carried out as it was saved: where any file
that takes part, a worker, a setting or the binary is another now, what differs is
named, and nothing is done. With --expect the same holds for a scan file whose plan
is known by its digest.

What happens goes to stderr: on a terminal above a live display of all workers,
otherwise a line at each change and each minute. The summary goes to stdout.
Ctrl-C ends the workers, on this machine and on all hosts; resume goes on from
there. With --leave-workers it ends the master alone, and the workers go on. On
USR1 it shows how far it is, as status does.

In a job of GitHub Actions it annotates the job, and writes the step's summary;
in one of GitLab it parts the log into sections. --ci says so anywhere else, or
has it not done. --junit writes a report that CI systems read: with a case for
each chunk and each class of outcomes, none for a target.

With --detach the master goes on in the background once workers work: what stops
it before is shown here, and gives the exit status. What it says later is in
master.log in the run's hidden folder, and status --wait waits for it.

Where an earlier run of the scan is not finished, apply says so and does nothing;
with --restart it ends what still works of it, and starts over.

An input without targets, or with fewer than max_drift allows since the last run,
is refused before anything is touched; with --force it is taken as it is.
Where max_fail or canary stops the scan, resume --force goes on without them.

--set says a value in the place of the scan file's, --limit takes a part of its
targets: plan --help says more.

With --confine nothing is read outside the repository of the scan file, and hooks
get PATH, HOME and little else of the environment, where hook_env says nothing.`

func newApply(a *app) *cobra.Command {
	var how applyFlags
	cmd := &cobra.Command{
		Use:                   "apply FILE|PLAN [--expect DIGEST] [--json] [--junit FILE] [--ci auto|github|gitlab|none] [--restart] [--force] [--leave-workers] [--detach] [--confine] [--set KEY=VALUE]... [--limit N|HOST]...",
		Short:                 "carry out a scan file",
		Long:                  applyHelp,
		Args:                  files(1, 1),
		ValidArgsFunction:     scanFiles(1),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if how.expect != "" {
				digest, err := saved.ParseDigest(how.expect)
				if err != nil {
					return misuse(cmd, "", "--expect: %w", err)
				}
				how.expect = digest
			}
			if err := how.parse(cmd); err != nil {
				return err
			}
			return a.apply(cmd.Context(), args[0], how)
		},
	}
	how.masterFlags.add(cmd)
	how.addAll(cmd)
	cmd.Flags().BoolVar(&how.force, "force", false, "take an input that is empty, or has shrunk by more than max_drift")
	cmd.Flags().StringVar(&how.expect, "expect", "", "do nothing unless the plan has this `digest`, as plan --out says it")
	cmd.Flags().BoolVar(&how.restart, "restart", false, "end an earlier run that is not finished, and start over")
	how.bounds.add(cmd, false)
	return cmd
}

// apply carries out a scan file, or a saved plan, and shows what happens.
func (a *app) apply(ctx context.Context, file string, how applyFlags) error {
	defer outliveReaders()()
	bearAsking()
	return a.telling(how.masterFlags, file, func(out *outlets) error {
		from, err := a.expected(file, how)
		if err != nil {
			return err
		}
		words, err := a.words(from.scan)
		if err != nil {
			return err
		}
		o := order{
			masterFlags: how.masterFlags, verb: "apply", flags: how.again(), scan: file, words: words, carry: applying(how.restart), out: out,
		}
		if how.background == "" {
			p, err := a.compileRun(ctx, from, how.force)
			if err != nil {
				return err
			}
			o.plan = p
		}
		return a.carryOutOrder(ctx, o)
	})
}

// again are the flags that say again what is applied; what was expected of it is.
func (how applyFlags) again() []string {
	flags := append(how.flags(), how.bounds.flags()...)
	if how.expect != "" {
		flags = append(flags, "--expect="+how.expect)
	}
	if how.restart {
		flags = append(flags, "--restart")
	}
	return flags
}

// applying is runner.Apply, which with restart ends an earlier run that isn't finished.
func applying(restart bool) carrier {
	return func(ctx context.Context, p plan.Plan, cfg runner.Config) (runner.Summary, error) {
		cfg.Restart = restart
		return runner.Apply(ctx, p, cfg)
	}
}

// carryOut carries an order's plan out and shows what happens.
func (a *app) carryOut(ctx context.Context, o order, carry carrier) error {
	if o.asJSON {
		return a.carryOutJSON(ctx, o, carry)
	}
	return a.carryOutText(ctx, o, carry)
}

func (a *app) carryOutText(ctx context.Context, o order, carry carrier) error {
	text, end := a.eventsText()
	stop := a.whenAsked(o.plan.Layout, o.words, text.Between)
	cfg := a.config(o.out.reporter(text, text.Between, true), text.Window != nil)
	cfg.Ask, cfg.Attach = alone(text, cfg.Ask), aloneAttached(text, cfg.Attach)
	summary, err := carry(ctx, o.plan, cfg)
	stop()
	end()
	o.out.ended(summary, o.afterEnd(summary))
	if err == nil {
		return told(summary, report.Summary(a.stdout, summary, o.afterEnd(summary)))
	}
	if summary.IsCounted() {
		if unsaid := report.Summary(a.stdout, summary, ""); unsaid != nil {
			err = fmt.Errorf("%w\nwhat is known could not be written: %w", err, unsaid)
		}
	}
	return applyError(err)
}

// told gives the exit status of a scan that was carried out. Where standard
// output took not all that was to be said, people are told at least that.
func told(s runner.Summary, unsaid error) error {
	if unsaid == nil {
		return verdict(s)
	}
	if s.Results == "" {
		return fmt.Errorf("the scan was carried out, and not all could be said of it: %w", unsaid)
	}
	return fmt.Errorf("the scan was carried out, and its results are in %s; not all could be said of it: %w", s.Results, unsaid)
}

func (a *app) carryOutJSON(ctx context.Context, o order, carry carrier) error {
	lines := &report.JSON{Out: a.stdout, Now: time.Now}
	lines.Line(o.opening())
	besides := a.besides()
	stop := a.whenAsked(o.plan.Layout, o.words, besides.Between)
	summary, err := carry(ctx, o.plan, a.config(o.out.reporter(lines, besides.Between, false), false))
	stop()
	o.out.ended(summary, o.afterEnd(summary))
	if err != nil {
		return errors.Join(applyError(err), lines.Err)
	}
	return told(summary, lines.Err)
}

// config is the world as the runner needs it. A terminal is told each second
// how far the scan is, a log each minute.
func (a *app) config(r runner.Reporter, live bool) runner.Config {
	every := time.Minute
	if live {
		every = time.Second
	}
	return runner.Config{
		Environ:     a.environ,
		Home:        a.getenv("HOME"),
		User:        a.userName(),
		Ask:         a.ask,
		Attach:      a.attacher(),
		AgentSocket: a.getenv("SSH_AUTH_SOCK"),
		Cut:         a.cut,
		Reporter:    r,
		Every:       every,
		Now:         time.Now,
	}
}

// applyError gives what stopped a scan its exit status.
func applyError(err error) error {
	if guard := new(runner.GuardError); errors.As(err, &guard) {
		return &exitError{status: verdicts[guard.Verdict], err: err}
	}
	if failed := new(hook.Error); errors.As(err, &failed) {
		return &exitError{status: exitHook, err: err}
	}
	return err
}

// verdicts are the exit statuses of scans that were carried out.
var verdicts = map[runner.Verdict]int{
	runner.Failed:      exitFailed,
	runner.Unreachable: exitUnreachable,
	runner.Incomplete:  exitIncomplete,
	runner.HookError:   exitHook,
}

func verdict(s runner.Summary) error {
	if status, bad := verdicts[s.Verdict]; bad {
		return &exitError{status: status}
	}
	return nil
}

// program is the path of this binary, for the workers that it starts: under
// the name that it was called by, where that is this binary.
func (a *app) program() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	called, err := exec.LookPath(a.args[0])
	if err == nil {
		called, err = filepath.Abs(called)
	}
	if err != nil || !sameFile(called, self) {
		return self, nil //nolint:nilerr // what it was called by is only the nicer name
	}
	return called, nil
}

func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

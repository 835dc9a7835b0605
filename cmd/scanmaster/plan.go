package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/gather"
	"scanmaster/cmd/internal/render"
	"scanmaster/cmd/internal/saved"
	"scanmaster/runner/plan"
)

// planFlags are the flags of plan.
type planFlags struct {
	changes
	output, out, against string
	all, detailed        bool
	bounds               confinement
}

const planHelp = `plan shows what apply would do, made to be read in a pull request: first what
would run, on how many targets, from which workers, as whom, trusting which
keys, what makes it fail, what is moved and what is written; then step by step
with the exact commands. It runs nothing, contacts nothing and writes nothing
but what --out names.

What only a run knows stands as <RUN>, <MIN> (the minute it begins), <BIN> (the
binary), <SHA256> (of the job file) and <BASE> (the scan file's folder; <BASE^> is
the one above), so that two plans differ only where the scan does.

With --out the plan is saved, with the digests of all files that take part: the
scan file, lists, script, hooks, and this program's binaries. apply PLAN carries
out just that, and refuses where anything has changed since; apply FILE --expect
does the same with the plan's digest alone. A saved plan names the scan file as
it was named here: apply it from the same folder of the repository. What is there
and no saved plan is left alone.

With --against only what has changed since a saved plan is shown, and with
--detailed-exitcode the exit status is 0 where nothing has, and 10 where
something has.

With --set a value takes the place of what the scan file says, or its base:
--set jobs=10, --set targets.user=me, --set hosts='[scan1, scan2]'. The value is
YAML, paths in it start from the scan file's folder. The plan tells of it.

With --limit a part of the targets is scanned: --limit 20 takes the first 20,
--limit web1,db* the targets with such a host or address, and both the first 20
of these. What is excluded is not scanned, whatever the limit.

` + confineHelp

func newPlan(a *app) *cobra.Command {
	var how planFlags
	cmd := &cobra.Command{
		Use:                   "plan FILE [-o text|json] [--all] [--out PLAN] [--against PLAN [--detailed-exitcode]] [--confine] [--set KEY=VALUE]... [--limit N|HOST]...",
		Short:                 "show what applying a scan file would do",
		Long:                  planHelp,
		Args:                  files(1, 1),
		ValidArgsFunction:     scanFiles(1),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if how.output != "text" && how.output != "json" {
				return misuse(cmd, "", "-o %q is neither text nor json", how.output)
			}
			if how.detailed && how.against == "" {
				return misuse(cmd, "", "--detailed-exitcode tells of changes: say since which plan, with --against")
			}
			if err := how.parse(cmd); err != nil {
				return err
			}
			return a.plan(cmd.Context(), args[0], how)
		},
	}
	how.addAll(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&how.output, "output", "o", "text", "text, or json for programs")
	complete(cmd, "output", oneOf("text", "json"))
	flags.BoolVar(&how.all, "all", false, "show every worker in full")
	flags.StringVar(&how.out, "out", "", "save the plan as this `file`, for apply")
	flags.StringVar(&how.against, "against", "", "show only what has changed since this saved `plan`")
	flags.BoolVar(&how.detailed, "detailed-exitcode", false, "with --against: exit with 0 where nothing has changed, else with 10")
	how.bounds.add(cmd, true)
	return cmd
}

// plan shows the plan of a scan file, saves it, and compares it with an old one.
func (a *app) plan(ctx context.Context, file string, how planFlags) error {
	var old plan.Plan
	if how.against != "" {
		var err error
		if old, err = readPlan(how.against); err != nil {
			return err
		}
	}
	now, err := a.compileDry(ctx, a.fromBounded(how.changes, file, how.bounds))
	switch {
	case isInvalid(err):
		return &exitError{status: exitUsage}
	case err != nil:
		return err
	}
	if how.out != "" {
		if err := save(now, how.out); err != nil {
			return err
		}
	}
	if how.against != "" {
		return a.showChanges(old, now, how)
	}
	return a.showPlan(now, how)
}

// compileDry compiles the plan of a run that nothing is done for, with the digests
// of the binaries.
func (a *app) compileDry(ctx context.Context, s source) (now plan.Plan, err error) {
	s.hold = func(a *app, s source, f plan.Facts) (err error) {
		now, err = a.dryPlan(s, f)
		return err
	}
	_, err = a.compile(ctx, s, dryRun)
	return now, err
}

// dryPlan compiles a valid scan's plan for comparing it.
func (a *app) dryPlan(s source, f plan.Facts) (plan.Plan, error) {
	bin, err := a.program()
	if err != nil {
		return plan.Plan{}, err
	}
	if f.Builds, err = gather.Builds(s.scan, f, bin, s.files); err != nil {
		return plan.Plan{}, err
	}
	dryRun(&f)
	p, _ := plan.Compile(s.scan, f) // its problems have been shown
	return p, nil
}

func (a *app) showPlan(p plan.Plan, how planFlags) error {
	if how.output == "json" {
		return a.write(render.JSON(p))
	}
	if err := render.Text(a.stdout, p, how.all); err != nil || how.out == "" {
		return err
	}
	digest, err := saved.Digest(p)
	if err != nil {
		return err
	}
	return render.Saved(a.stdout, how.out, digest)
}

func (a *app) showChanges(old, now plan.Plan, how planFlags) error {
	changes, err := plan.Changes(old, now)
	if err != nil {
		return err
	}
	if how.output == "json" {
		err = a.write(render.AgainstJSON(old, now, changes))
	} else {
		err = render.Against(a.stdout, old, now, changes)
	}
	if err == nil && how.detailed && len(changes) > 0 {
		err = &exitError{status: exitChanged}
	}
	return err
}

// write writes a document to standard output.
func (a *app) write(doc []byte, err error) error {
	if err == nil {
		_, err = a.stdout.Write(doc)
	}
	return err
}

// save saves a plan as a file.
func save(p plan.Plan, path string) error {
	doc, err := render.JSON(p)
	if err != nil {
		return err
	}
	if err := saved.Write(path, doc); err != nil {
		return fmt.Errorf("the plan can't be saved: %w", err)
	}
	return nil
}

// readPlan reads a file that is to be a saved plan.
func readPlan(path string) (plan.Plan, error) {
	p, err := saved.Read(path)
	if errors.Is(err, saved.ErrNoPlan) {
		err = fmt.Errorf("%s: %w; scanmaster plan --out makes one", path, err)
	}
	return p, err
}

// errInvalid stands for problems that have been shown.
var errInvalid = errors.New("an invalid scan file")

func isInvalid(err error) bool { return errors.Is(err, errInvalid) }

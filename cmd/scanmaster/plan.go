package main

import (
	"errors"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/render"
)

func newPlan(a *app) *cobra.Command {
	var output string
	var all bool
	var bounds confinement
	cmd := &cobra.Command{
		Use:   "plan FILE [-o text|json] [--all] [--confine]",
		Short: "show what applying a scan file would do",
		Long: `plan shows what apply would do, made to be read in a pull request: first what
would run, on how many targets, from which workers, as whom, trusting which
keys, what makes it fail, what is moved and what is written; then step by step
with the exact commands. It runs nothing, contacts nothing and writes nothing.

What only a run knows stands as <RUN>, <MIN> (the minute it begins), <BIN> (the
binary), <SHA256> (of the job file) and <BASE> (the scan file's folder), so that
two plans differ only where the scan does.

` + confineHelp,
		Args:                  files(1, 1),
		ValidArgsFunction:     scanFiles(1),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return misuse(cmd, "", "-o %q is neither text nor json", output)
			}
			p, err := a.compile(cmd.Context(), fromFile(args[0], a.filesOf(bounds, args[0])), dryRun)
			switch {
			case isInvalid(err):
				return &exitError{status: exitUsage}
			case err != nil:
				return err
			case output == "json":
				return render.JSON(a.stdout, p)
			default:
				return render.Text(a.stdout, p, all)
			}
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text, or json for programs")
	complete(cmd, "output", oneOf("text", "json"))
	cmd.Flags().BoolVar(&all, "all", false, "show every worker in full")
	bounds.add(cmd, true)
	return cmd
}

// errInvalid stands for problems that have been shown.
var errInvalid = errors.New("an invalid scan file")

func isInvalid(err error) bool { return errors.Is(err, errInvalid) }

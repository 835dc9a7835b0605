package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/classic"
	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/job"
)

func newInit(a *app) *cobra.Command {
	var fromArgs bool
	cmd := &cobra.Command{
		Use:   "init --from-args -- " + classicUse,
		Short: "print the scan file that a classic command line says",
		Long: `init --from-args prints the scan file that does what scanmaster does with the
classic suite's command line, and with SCAN_ENV from the environment:

  scanmaster init --from-args -- -n info1 -i info1-input -r remote.sh >info1.yaml

Its paths are relative to the folder where it is kept, as those on the command
line are to the working directory. Nothing is run, contacted or written.`,
		ValidArgsFunction:     noFile,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !fromArgs {
				return misuse(cmd, "", "say --from-args -- and a classic command line")
			}
			line := classicCommand(a, func(_ context.Context, file classic.File, _ classic.Line) error {
				if scan := inline(file); scan.problems.HasErrors() {
					if err := scan.show(a, scan.problems); !isInvalid(err) {
						return err
					}
					return &exitError{status: exitUsage}
				}
				_, err := fmt.Fprintf(a.stdout, "# scanmaster %s\n%s", safe.Line(job.QuoteAll(args), 0), file.Text)
				return err
			})
			line.SetArgs(args)
			return dressed(a, line).ExecuteContext(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&fromArgs, "from-args", false, "from a classic command line, which follows --")
	return cmd
}

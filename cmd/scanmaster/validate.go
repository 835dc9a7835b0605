package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/render"
)

func newValidate(a *app) *cobra.Command {
	var bounds confinement
	cmd := &cobra.Command{
		Use:   "validate FILE... [--confine]",
		Short: "say what is wrong with scan files",
		Long: `validate reads scan files, and the files that they name, and says all that is
wrong: each problem with its place and, where it is known, with its mend.
Nothing is run, contacted or written.

` + confineHelp,
		Args:                  files(1, 0),
		ValidArgsFunction:     scanFiles(0),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			invalid := false
			for _, file := range args {
				_, err := a.compile(cmd.Context(), fromFile(file, a.filesOf(bounds, file)), dryRun)
				if isInvalid(err) {
					invalid = true
					continue
				}
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintf(a.stdout, "%s: valid\n", render.Path(file)); err != nil {
					return err
				}
			}
			if invalid {
				return &exitError{status: exitUsage}
			}
			return nil
		},
	}
	bounds.add(cmd, true)
	return cmd
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/render"
)

func newValidate(a *app) *cobra.Command {
	var with changes
	var bounds confinement
	cmd := &cobra.Command{
		Use:   "validate FILE... [--confine] [--set KEY=VALUE]...",
		Short: "say what is wrong with scan files",
		Long: `validate reads scan files, and the files that they name, and says all that is
wrong: each problem with its place and, where it is known, with its mend.
Nothing is run, contacted or written. --set says a value in the place of a scan
file's: plan --help says more.

` + confineHelp,
		Args:                  files(1, 0),
		ValidArgsFunction:     scanFiles(0),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := with.parse(cmd); err != nil {
				return err
			}
			invalid := false
			for _, file := range args {
				_, err := a.compile(cmd.Context(), a.fromBounded(with, file, bounds), dryRun)
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
	with.add(cmd)
	bounds.add(cmd, true)
	return cmd
}

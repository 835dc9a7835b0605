package main

import (
	"github.com/spf13/cobra"

	"scanmaster/schema"
)

func newSchema(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "print the JSON Schema of a scan file",
		Long: `schema prints the JSON Schema of a scan file, for editors that complete and
check as one types.`,
		Args:                  files(0, 0),
		ValidArgsFunction:     noFile,
		DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(schema.JSON)
			return err
		},
	}
}

package main

import (
	"github.com/spf13/cobra"

	"scanmaster/schema"
)

func newSchema(a *app) *cobra.Command {
	var events bool
	cmd := &cobra.Command{
		Use:   "schema [--events]",
		Short: "print the JSON Schema of a scan file, or of events",
		Long: `schema prints the JSON Schema of a scan file, for editors that complete and
check as one types. With --events it prints that of a line of apply --json.`,
		Args:                  files(0, 0),
		ValidArgsFunction:     noFile,
		DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			text := schema.JSON
			if events {
				text = schema.Events
			}
			_, err := a.stdout.Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&events, "events", false, "print the schema of a line of apply --json")
	return cmd
}

package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/job"
	"scanmaster/runner/worker"
)

// fit is a worker's look at its own set-up, by which a master tells whether it
// could work before anything is touched. The status is 0 where it could.
func (a *app) fit(cmd *cobra.Command, args job.Args) error {
	config, err := a.workerConfig(args)
	if err != nil {
		return err
	}
	found := worker.Fit(cmd.Context(), config)
	for line := range strings.Lines(found.Encode()) {
		if _, err := fmt.Fprintln(a.stdout, safe.Line(strings.TrimSuffix(line, "\n"), 0)); err != nil {
			return err
		}
	}
	if len(found.Wrong) > 0 {
		return &exitError{status: exitNotDone}
	}
	return nil
}

// parseWorker reads a worker's command line; check tells that it only asks for
// a look.
func parseWorker(words []string) (args job.Args, check bool, err error) {
	args, check, err = job.ParseCheck(words)
	if !check {
		args, err = job.ParseArgs(words)
	}
	if err != nil {
		return args, check, err
	}
	_, err = job.ParsePassthrough(args.Passthrough)
	if err != nil {
		err = &job.UsageError{Err: err}
	}
	return args, check, err
}

// isHelp tells that a worker is asked for help.
func isHelp(words []string, err error) bool {
	return errors.Is(err, job.ErrHelp) || len(words) == 1 && words[0] == "--help"
}

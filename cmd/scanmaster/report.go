package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/newfile"
	"scanmaster/cmd/internal/safe"
	"scanmaster/cmd/internal/webpage"
)

func newReport(a *app) *cobra.Command {
	var how reportFlags
	cmd := &cobra.Command{
		Use:   "report NAME|FILE [--dir DIR] [--run RUN] --html OUT",
		Short: "make a web page of what came of a scan",
		Long: `report makes one file of a run that any browser shows, on a phone as well, and that
may be mailed or kept with a build: what came of the targets, which worker had what
in hand and when, how long connecting and the script took, the outputs with the
hosts that they are the same on, and a table of all targets that can be searched,
filtered and sorted.

The file loads nothing from anywhere and sends nothing. What targets have sent
stands in it as text, with control characters and marks of direction made visible;
the browser is told to run no script but the page's own. Without scripts the table
alone is missing.

The newest run is shown unless --run names another, finished or not. The shared
folder is only read. At most 1,000 different results are shown, 64 KiB of each
output and 16 MiB of all; what was left out is said. OUT is written whole, for you
alone to read unless it is there with other permissions; what is there and no HTML
file is left alone.`,
		Args:                  oneScan,
		ValidArgsFunction:     scanAnd(noFile),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if how.html == "" {
				return misuse(cmd, "", "say where to: --html OUT")
			}
			return unlessItIsEnded(cmd.Context(), func() error { return a.makeReport(cmd.Context(), args[0], how) })
		},
	}
	runFlags(cmd, &how.dir)
	cmd.Flags().StringVar(&how.run, "run", "", "the `run`, by its id or the beginning of it (the newest)")
	cmd.Flags().StringVar(&how.html, "html", "", "the `file` to write")
	complete(cmd, "run", a.runsOf)
	return cmd
}

type reportFlags struct{ dir, run, html string }

// makeReport writes the page of a run.
func (a *app) makeReport(ctx context.Context, scan string, how reportFlags) (err error) {
	if err := newfile.Check(how.html, webpage.Kind); err != nil {
		return err
	}
	run, err := a.pastRun(ctx, scan, how.dir, how.run)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run.Close()) }()
	file, err := newfile.Create(how.html, 0o600, webpage.Kind)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Cleanup()) }()
	out := bufio.NewWriterSize(file, 64<<10)
	targets, err := webpage.Write(ctx, out, run, webpage.Options{Now: time.Now(), Version: version()})
	if err != nil {
		return fmt.Errorf("%s: %w", run.Name, err)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		return err
	}
	a.warn(run.Notes())
	_, err = fmt.Fprintf(a.stderr, "%s: %s targets of run %s, %s\n", safe.Line(how.html, 0), humanize.Comma(targets), safe.Line(run.ID, 0), humanize.IBytes(uint64(size))) //nolint:gosec // a size
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/demo"
	"scanmaster/cmd/internal/render"
	"scanmaster/cmd/internal/safe"
	"scanmaster/spec/open"
)

func newDemo(a *app) *cobra.Command {
	var serve bool
	cmd := &cobra.Command{
		Use:   "demo [--serve]",
		Short: "try it out: a scan of some 200 servers on this machine's loopback",
		Long: `demo starts some 200 SSH servers on this machine's loopback that really run what
they are sent, lays out a scan file, its input, script and hooks in a temporary
folder, and applies it with three workers. Most targets are fine; some have
updates pending, refuse the key, are mute, closed, or no SSH server at all, and
one sends escape sequences and CI commands. Only a key made for this demo is let
in.

The folder stays for looking around. With --serve the servers stay up until
Ctrl-C, so that you can edit the script and apply again.`,
		Args:                  files(0, 0),
		ValidArgsFunction:     noFile,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.demo(cmd.Context(), serve)
		},
	}
	cmd.Flags().BoolVar(&serve, "serve", false, "keep the servers up afterwards")
	return cmd
}

// demo lays a scan out, shows its plan, applies it, and says where to look.
func (a *app) demo(ctx context.Context, serve bool) (err error) {
	d, err := demo.Lay(a.getenv("TMPDIR"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	p, err := a.compile(ctx, fromFile(d.Scan, open.Anywhere), dryRun)
	if err != nil {
		return err
	}
	a.say("$ scanmaster plan " + d.Scan)
	if err := render.Text(a.stdout, p, false); err != nil {
		return err
	}
	a.say("\n$ scanmaster apply " + d.Scan)
	if err := a.apply(ctx, d.Scan, applyFlags{}); err != nil {
		return err
	}
	return a.lookAround(ctx, d, serve)
}

// lookAround shows one hostile output as it is shown everywhere, says what is
// where, and where asked keeps the servers up until it is ended.
func (a *app) lookAround(ctx context.Context, d *demo.Demo, serve bool) error {
	output, err := d.Hostile()
	if err != nil {
		return err
	}
	a.say("\nWhat " + demo.HostileName + " sent is in the results as it came, and shown only escaped:")
	a.say(safe.Text("  | ", output, 0, 0))
	a.say(fmt.Sprintf("\nAll of it is in %s:\n  %-32s %s\n  %-32s %s", d.Dir,
		"scan.yaml, remote.sh, targets.txt", "to edit",
		"share/chunked/patchlevel/final", "the results, a file an outcome"))
	if !serve {
		a.say("\nNext: scanmaster demo --serve keeps the servers up, to edit the script and apply again.")
		return nil
	}
	a.say("\nThe servers stay up until Ctrl-C. Edit the script, and then:\n  scanmaster apply " + d.Scan)
	<-ctx.Done()
	return nil
}

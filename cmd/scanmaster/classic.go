package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scanmaster/cmd/internal/ci"
	"scanmaster/cmd/internal/classic"
	"scanmaster/cmd/internal/render"
	"scanmaster/runner/job"
	"scanmaster/spec"
	"scanmaster/spec/diag"
	"scanmaster/spec/open"
)

// classicName names what a classic command line says where a scan file's path would
// stand.
const classicName = "scanmaster"

// isClassic tells the classic suite's command line, which begins with a flag, from
// those with a verb.
func isClassic(words []string) bool {
	return len(words) > 0 && strings.HasPrefix(words[0], "-") &&
		!slices.Contains([]string{"-h", "--help", "--version", "-", "--"}, words[0]) && !strings.HasPrefix(words[0], "--help=")
}

// classicFlags are those of the classic command line.
func classicFlags(flags *pflag.FlagSet, l *classic.Line) (attended *bool) {
	flags.SortFlags = false
	flags.SetInterspersed(false)
	flags.StringVarP(&l.Name, "name", "n", "", "the `name` of the scan")
	flags.StringVarP(&l.Input, "input", "i", "", "the `file` of targets")
	flags.StringVarP(&l.Remote, "remote", "r", "", "the `script` to run on each")
	flags.StringVarP(&l.Workers, "workers", "w", "", "the `file` of worker hosts ("+classic.Workers+")")
	flags.StringVarP(&l.Dir, "dir", "d", "", "the shared `dir` ("+spec.DefaultDir+")")
	flags.StringVarP(&l.Pre, "pre", "p", "", "the `hook` to run before all")
	flags.StringVarP(&l.PostChunk, "post-chunk", "c", "", "the `hook` to run after each chunk, on its worker")
	flags.StringVarP(&l.Aggregator, "aggregator", "a", "", "the `hook` to run after all")
	flags.StringVarP(&l.Jobs, "jobs", "j", "", "targets at a time on each worker (175)")
	flags.StringVarP(&l.Auth, "auth", "A", "", "how workers log in to targets: pubkey, password or all (pubkey)")
	return flags.BoolP("attended", "H", false, "attach each worker's session in turn, to type a password there")
}

// classicUse is the classic command line.
const classicUse = "[-H] [-A pubkey|password|all] [-a AGGREGATOR] [-c POST-CHUNK] [-d DIR] [-j JOBS] [-p PRE] [-w WORKERS] -i INPUT -n NAME -r REMOTE [-- PASSTHROUGH …]"

func newClassic(a *app) *cobra.Command {
	return classicCommand(a, func(ctx context.Context, file classic.File, l classic.Line) error {
		return a.applyClassic(ctx, file, l)
	})
}

// classicCommand reads a classic command line, and has something made of it.
func classicCommand(a *app, use func(context.Context, classic.File, classic.Line) error) *cobra.Command {
	var l classic.Line
	cmd := &cobra.Command{
		Use:   "scanmaster " + classicUse,
		Short: "the classic command line",
		Long: `Without a verb scanmaster takes the classic suite's command line, and does what
apply does with the scan file that says the same: scanmaster init --from-args
prints that. What the classic suite does otherwise than a scan file by itself
holds here: the login shell reads the script, what an earlier scan of the name
has left is removed, and SCAN_ENV is the environment variable, SSHOPTS inside it.

An earlier scan of the name that isn't finished, and whose master is gone, is
ended, and moved to .old/run-RUN; while its master lives, it is an error.`,
		Args:                  cobra.ArbitraryArgs,
		ValidArgsFunction:     noFile,
		DisableFlagsInUseLine: true,
	}
	attended := classicFlags(cmd.Flags(), &l)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		file, err := a.classicFile(cmd, &l, args, *attended)
		if err != nil {
			return err
		}
		return use(cmd.Context(), file, l)
	}
	complete(cmd, "name", scanName)
	complete(cmd, "dir", folders)
	complete(cmd, "jobs", oneOf("auto"))
	complete(cmd, "auth", authModes())
	cmd.SetHelpTemplate(helpText + exitHelp)
	return cmd
}

// classicFile makes the scan file that the flags say.
func (a *app) classicFile(cmd *cobra.Command, l *classic.Line, args []string, attended bool) (classic.File, error) {
	flags := cmd.Flags()
	for _, name := range []string{"name", "input", "remote"} {
		if !flags.Changed(name) {
			return classic.File{}, misuse(cmd, "", "-%s is missing", flags.Lookup(name).Shorthand)
		}
	}
	if dash := flags.ArgsLenAtDash(); len(args) > 0 && dash != 0 {
		return classic.File{}, misuse(cmd, "", "%q is one argument too many; passthrough begins with --", args[0])
	}
	l.Passthrough, l.Env = args, a.getenv("SCAN_ENV")
	if _, err := job.ParsePassthrough(args); err != nil {
		return classic.File{}, misuse(cmd, "", "%w", err)
	}
	l.Attended = attended
	file, err := l.File()
	if err != nil {
		return file, &exitError{exitUsage, err}
	}
	return file, nil
}

// applyClassic carries out what a classic command line says.
func (a *app) applyClassic(ctx context.Context, file classic.File, l classic.Line) error {
	defer outliveReaders()()
	bearAsking()
	words := []string{l.Name}
	if l.Dir != "" {
		words = []string{"--dir", l.Dir, l.Name}
	}
	how := masterFlags{outletFlags: outletFlags{system: ci.Auto}}
	return a.telling(how, l.Name, func(out *outlets) error {
		p, err := a.compileRun(ctx, inline(file), false)
		if err != nil {
			return err
		}
		return a.carryOutOrder(ctx, order{verb: "apply", words: job.QuoteAll(words), plan: p, carry: applying(true), out: out})
	})
}

// inline is a scan that a classic command line says.
func inline(file classic.File) source {
	scan, problems := spec.ParseInline(classicName, file.Text)
	return source{scan: scan, problems: problems, files: open.Anywhere, show: func(a *app, problems diag.List) error {
		file.Where(problems, classicName)
		return shown(problems, render.Problems(a.stderr, problems, nil))
	}}
}

package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// verbs makes all verbs, in the order in which the help lists them.
var verbs = []func(*app) *cobra.Command{
	newInit,
	newValidate,
	newPlan,
	newDoctor,
	newApply,
	newResume,
	newStatus,
	newCancel,
	newAttach,
	newResults,
	newDiff,
	newReport,
	newRerun,
	newDemo,
	newSchema,
	newVersion,
	newCompletion,
	newWorker,
	newScanhosts,
	newCheckhosts,
	newAutopw,
	newTkill,
	newInstallLinks,
}

// newRoot makes the command line.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "scanmaster",
		Short: "farm a script out to thousands of hosts",
		Long: `scanmaster runs a script on every host of a list, farmed out to worker hosts.

One checked-in scan file says all of it: validate checks the file, plan shows
what would happen, and apply does it. The classic suite's command line, which
begins with a flag, does the same; scanmaster init --from-args -- -h says what its
flags mean.`,
		Args: oneVerb,
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	root.SetHelpTemplate(helpText + exitHelp)
	root.SuggestionsMinimumDistance = 2
	cobra.EnableCommandSorting = false
	for _, verb := range verbs {
		root.AddCommand(verb(a))
	}
	return dressed(a, root)
}

// dressed makes a command the one that the program is called by.
func dressed(a *app, root *cobra.Command) *cobra.Command {
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(usageTemplate)
	root.SilenceErrors, root.SilenceUsage = true, true
	// Only our own verb prints scripts: to a tool, completion may be a host's name.
	root.CompletionOptions.DisableDefaultCmd = true
	return root
}

// helpText is the help of every verb, before what its exit statuses mean.
const helpText = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{.UsageString}}
`

// usageTemplate is cobra's in fewer words; the bare program is no usage.
const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} VERB …
  {{.CommandPath}} ` + classicUse + `

Verbs:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{else}}{{.UseLine}}
{{end}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
`

// oneVerb is only asked where no verb was found.
func oneVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return misuse(cmd, "", "say what to do")
	}
	hint := ""
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = near[0]
	}
	return misuse(cmd, hint, "there is no verb %q", args[0])
}

// files wants at least, and at most, so many scan files; most 0 is no bound.
func files(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return misuse(cmd, "", "name a scan file")
		case most == 0 && least == 0 && len(args) > 0, most > 0 && len(args) > most:
			return misuse(cmd, "", "%q is one argument too many", args[max(most, 0)])
		}
		return nil
	}
}

// flagError says which flag was meant where one is near.
func flagError(cmd *cobra.Command, err error) error {
	unknown := new(pflag.NotExistError)
	if !errors.As(err, &unknown) {
		return misuse(cmd, "", "%w", err)
	}
	name := unknown.GetSpecifiedName()
	near, best := "", 0.5
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if s := levenshtein.Match(name, f.Name, nil); s > best {
			near, best = "--"+f.Name, s
		}
	})
	return misuse(cmd, near, "%w", err)
}

// misuse makes a usageError; meant is what was probably meant.
func misuse(cmd *cobra.Command, meant, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if meant != "" {
		err = fmt.Errorf("%w (did you mean %s?)", err, meant)
	}
	usage := "usage: " + cmd.UseLine()
	if cmd.HasAvailableSubCommands() {
		usage = "usage: " + cmd.CommandPath() + " " + strings.Join(names(cmd), "|")
	}
	return &usageError{err, usage + "\n" + cmd.CommandPath() + " --help says more"}
}

func names(cmd *cobra.Command) []string {
	var all []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			all = append(all, c.Name())
		}
	}
	return all
}

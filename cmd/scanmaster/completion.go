package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// ownName is the name that the program has when it is no tool.
const ownName = "scanmaster"

// shells are those that completion scripts can be printed for.
var shells = []string{"bash", "zsh", "fish"}

func newCompletion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish [NAME]",
		Short: "print what has a shell complete the command line",
		Long: `completion prints the script by which a shell completes the program's command
line, or that of the tool NAME of the classic suite. A shell that is to complete
right away reads it so:

  bash   source <(scanmaster completion bash)
  zsh    source <(scanmaster completion zsh)
  fish   scanmaster completion fish | source

The script for bash needs the package bash-completion.`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 || !slices.Contains(shells, args[0]):
				return misuse(cmd, "", "name a shell: bash, zsh or fish")
			case len(args) > 2:
				return misuse(cmd, "", "%q is one argument too many", args[2])
			case len(args) == 2 && !slices.Contains(completed(), args[1]):
				return misuse(cmd, "", "there is no completion for %q, only for %s", args[1], strings.Join(completed(), ", "))
			}
			return nil
		},
		ValidArgsFunction:     oneOfEach(shells, completed()),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			of := cmd.Root()
			if len(args) == 2 && args[1] != ownName {
				of = toolCommand(a, args[1], tools[args[1]])
			}
			switch args[0] {
			case "bash":
				return of.GenBashCompletionV2(a.stdout, true)
			case "zsh":
				return of.GenZshCompletion(a.stdout)
			default:
				return of.GenFishCompletion(a.stdout, true)
			}
		},
	}
}

// completed are the names that there is completion for: not scanslave, which
// masters call.
func completed() []string {
	names := slices.DeleteFunc(slices.Collect(maps.Keys(tools)), func(name string) bool { return name == "scanslave" })
	return slices.Sorted(slices.Values(append(names, ownName)))
}

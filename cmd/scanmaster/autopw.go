package main

import (
	"context"
	"errors"
	"os/exec"
	"syscall"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/autopw"
	"scanmaster/cmd/internal/tty"
)

// autopwExit is what the statuses of autopw mean.
const autopwExit = `Exit status:
  that of the command; 128 and the signal where one has ended it
  1  it could not be run, or there is no terminal
  2  usage
`

func newAutopw(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "autopw COMMAND [ARGUMENT …]",
		Short: "run a command and answer its prompts for passwords (also as autopw)",
		Long: `autopw runs a command on a terminal of its own. The first password and the first
passphrase that it prompts for are typed as always; they are kept in memory, are
the answer to all later prompts, and are forgotten when the command ends. One
that was refused is asked for again. It answers these, at the end of a line:

  …assword:   Enter passphrase for …:   Enter passphrase:
  Enter PEM pass phrase:   Bad passphrase, try again …:

and says yes to (yes/no)? and y to y,n,(y/n)? and ?,??,q.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse(cmd, "", "say which command to run")
			}
			return nil
		},
		DisableFlagsInUseLine: true,
		RunE:                  func(cmd *cobra.Command, args []string) error { return a.autopw(cmd.Context(), args) },
	}
	cmd.Flags().SetInterspersed(false)
	cmd.SetHelpTemplate(helpText + autopwExit)
	return cmd
}

func (a *app) autopw(ctx context.Context, words []string) (err error) {
	path, err := exec.LookPath(words[0])
	if err != nil {
		return err
	}
	terminal, err := tty.Open()
	if err != nil {
		return err
	}
	cmd := exec.Command(path, words[1:]...) //nolint:gosec,noctx // it is what is asked for; it is hung up on, not killed
	cmd.Args[0], cmd.Env = words[0], a.environ
	err = errors.Join(autopw.Run(ctx, cmd, terminal), terminal.Close())
	exit := new(exec.ExitError)
	if !errors.As(err, &exit) {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &exitError{status: exitSignal + int(status.Signal())}
	}
	return &exitError{status: exit.ExitCode()}
}

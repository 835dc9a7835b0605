package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/tkill"
)

// tkillExit is what the statuses of tkill mean.
const tkillExit = `Exit status:
  0  all that were found were signalled, or there were none
  1  one could not be signalled
  2  usage
`

// hungFor is how long a process must have run where nothing is said, as in the
// classic suite, in seconds.
const hungFor = 300

func newTkill(a *app) *cobra.Command {
	var wanted tkill.Wanted
	var signal string
	seconds := hungFor
	var list bool
	cmd := &cobra.Command{
		Use:   "tkill [-l] [-t SECONDS] [-s SIGNAL] [-P PID] [-C PART] [-c NAME] [PID …]",
		Short: "signal processes that have run for too long, as from cron (also as tkill)",
		Long: `tkill signals the processes that are named, or that fit all that is said, and
that have run for some time. It never signals process 1 or itself, and by -C and
-c none that it descends from. For who isn't root -C and -c find one's own.

  */5 * * * *  tkill -c ssh -t 600`,
		Args: func(_ *cobra.Command, args []string) (err error) {
			wanted.PIDs, err = pidsOf(args)
			return err
		},
		ValidArgsFunction:     noFile,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if list {
				_, err := fmt.Fprintln(a.stdout, strings.Join(tkill.Signals(), " "))
				return err
			}
			wanted.Age = time.Duration(seconds) * time.Second
			return a.tkill(cmd, wanted, signal)
		},
	}
	flags := cmd.Flags()
	countFlag(flags, &wanted.Parent, "parent", "P", 1, "the children of this `pid`")
	flags.StringVarP(&wanted.Part, "containing", "C", "", "those with this `part` in their command line")
	flags.StringVarP(&wanted.Name, "command", "c", "", "those whose command has exactly this `name`")
	countFlag(flags, &seconds, "time", "t", 0, "those that have run for so many `seconds`")
	flags.StringVarP(&signal, "signal", "s", "TERM", "the `signal`, by name or number")
	flags.BoolVarP(&list, "list", "l", false, "list the signals' names, and do nothing")
	for _, flag := range []string{"parent", "containing", "command", "time"} {
		complete(cmd, flag, noFile)
	}
	complete(cmd, "signal", signals())
	cmd.SetHelpTemplate(helpText + tkillExit)
	return cmd
}

// pidsOf reads process ids.
func pidsOf(words []string) ([]int, error) {
	var pids []int
	for _, word := range words {
		pid, err := strconv.ParseUint(word, 10, 31)
		if err != nil || pid == 0 {
			return nil, &usageError{fmt.Errorf("%q is no process id", word), "tkill -h says more"}
		}
		pids = append(pids, int(pid))
	}
	return pids, nil
}

func (a *app) tkill(cmd *cobra.Command, wanted tkill.Wanted, signal string) error {
	number, err := tkill.ParseSignal(signal)
	if err != nil {
		return misuse(cmd, "", "%w", err)
	}
	wanted.UID = -1
	if euid := os.Geteuid(); euid != 0 {
		wanted.UID = euid
	}
	all, err := tkill.All()
	if err != nil {
		return err
	}
	found, err := wanted.Find(all, os.Getpid())
	if errors.Is(err, tkill.ErrNothing) {
		return misuse(cmd, "", "%w", err)
	}
	if err != nil {
		return err
	}
	var errs []error
	for _, p := range found {
		errs = append(errs, p.Send(number))
	}
	return errors.Join(errs...)
}

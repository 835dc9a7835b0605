package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/sweep"
)

// aim is what the command lines of checkhosts and scanhosts have in common.
type aim struct {
	auth, remote, out string
	attended          bool
	// background tells that nobody is to be asked anything, apart that there is one
	// host after the other, so that a script may ask something.
	background, apart        bool
	byName, noPing, noBanner bool
	jobs                     int
	lists                    []string
}

// flags are those that both have, with the classic defaults.
func (t *aim) flags(flags *pflag.FlagSet) {
	flags.SortFlags = false
	flags.StringArrayVarP(&t.lists, "file", "f", nil, "read hosts from this `file`; more than one may be given, and - is the standard input")
	flags.StringVarP(&t.remote, "remote", "r", "remote.sh", "the `script` to run on each")
	flags.StringVarP(&t.out, "output", "o", "", "the `dir` of the results (TMPDIR, or /tmp)")
	flags.StringVarP(&t.auth, "auth", "A", "pubkey", "how to authenticate: pubkey, password or all")
	flags.BoolVarP(&t.attended, "attended", "H", false, "no headless user: bash reads the script, not the login shell")
	flags.BoolVarP(&t.byName, "by-name", "I", false, "connect to the name, not to the address behind it")
	flags.BoolVarP(&t.noPing, "no-ping", "P", false, "don't ping")
	flags.BoolVarP(&t.noBanner, "no-banner", "S", false, "don't tell what isn't SSH from what fails later")
}

// completes has the shell complete their values, and jobs.
func (t *aim) completes(cmd *cobra.Command) {
	complete(cmd, "auth", authModes())
	complete(cmd, "output", folders)
	complete(cmd, "jobs", noFile)
}

// args are the worker's arguments for it.
func (t *aim) args() (args job.Args, err error) {
	if args.Jobs, err = job.ParseJobs(strconv.Itoa(t.jobs)); err == nil {
		err = job.CheckAuth(t.auth)
	}
	args.Auth, args.Remote, args.Attended = t.auth, t.remote, t.attended
	for _, flag := range []struct {
		on   bool
		word string
	}{{t.byName, "-I"}, {t.noPing, "-P"}, {t.noBanner, "-S"}} {
		if flag.on {
			args.Passthrough = append(args.Passthrough, flag.word)
		}
	}
	return args, err
}

// sweepConfig gathers what goes through a list.
func (a *app) sweepConfig(cmd *cobra.Command, t *aim, hosts []string) (sweep.Config, error) {
	args, err := t.args()
	if err != nil {
		return sweep.Config{}, misuse(cmd, "", "%w", err)
	}
	config, err := a.workerConfig(args)
	if err != nil {
		return sweep.Config{}, err
	}
	config.Job = nil // it is that of a worker which this was started by
	a.frugal(&config)
	state, err := a.stateHome()
	if err != nil {
		return sweep.Config{}, err
	}
	c := sweep.Config{Config: config, Hosts: hosts, Lists: t.lists, Stdin: a.stdin, Out: cmp.Or(t.out, config.Temp), State: state}
	if !t.background {
		c.Ask = a.asker()
	}
	if t.attended && t.apart {
		c.Console = ownTerminal{a.getenv("TERM")}
	}
	return c, nil
}

// errNoState tells that there is no folder for host keys.
var errNoState = errors.New("neither XDG_STATE_HOME nor HOME is an absolute path, so that there is no folder to remember host keys in; set one")

// stateHome is the folder of what the user's programs keep between their runs.
func (a *app) stateHome() (string, error) {
	if dir := a.getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home := a.getenv("HOME")
	if !filepath.IsAbs(home) {
		return "", errNoState
	}
	return filepath.Join(home, ".local", "state"), nil
}

// summarize tells a user at a terminal what came of the targets. The classic tools
// say nothing, and neither do these where nobody looks on.
func (a *app) summarize(tally result.Tally, where func(key string) string) {
	if !a.onTerminal() || tally.Total() == 0 {
		return
	}
	for _, key := range tally.Keys() {
		a.say(safe.Line(fmt.Sprintf("%7d %-10s %s", tally.Counts[key], key, where(key)), 0))
	}
}

// onTerminal tells that messages go to a terminal.
func (a *app) onTerminal() bool {
	f, ok := a.stderr.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// came gives the exit status for what came of the targets, where one is wanted.
func came(tally result.Tally, err error, wanted bool) error {
	incomplete := new(sweep.Incomplete)
	switch {
	case errors.As(err, &incomplete):
		return &exitError{exitIncomplete, err}
	case err != nil || !wanted:
		return err
	case tally.Unreachable() > 0:
		return &exitError{status: exitUnreachable}
	case tally.Failed() > 0:
		return &exitError{status: exitFailed}
	}
	return nil
}

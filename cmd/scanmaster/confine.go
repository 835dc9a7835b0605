package main

import (
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"scanmaster/spec/open"
)

// confinement tells whether a scan file is one of somebody's who isn't trusted.
type confinement struct {
	on   bool
	flag *pflag.Flag // nil where there is none
	// byItself has it be on in a CI system where the flag isn't given.
	byItself bool
}

// confineHelp is part of the help of verbs that are confined by themselves.
const confineHelp = `With --confine nothing is read outside the repository of the scan file, symbolic
links resolved, and nothing of git's own in it: the top of the git work tree that
holds the scan file, or the scan file's folder where there is none. That is on
where CI=true and standard input is no terminal; --confine=false turns it off.`

// add adds the flag to a verb's.
func (c *confinement) add(cmd *cobra.Command, byItself bool) {
	use := "read nothing outside the scan file's repository"
	if byItself {
		use += "; on in CI"
	}
	cmd.Flags().BoolVar(&c.on, "confine", false, use)
	c.flag, c.byItself = cmd.Flags().Lookup("confine"), byItself
}

// confines tells whether it is on.
func (a *app) confines(c confinement) bool {
	if c.flag != nil && c.flag.Changed {
		return c.on
	}
	return c.byItself && a.onBranch()
}

// onBranch tells a CI system, where a scan file may come from a branch that nobody
// has looked at yet.
func (a *app) onBranch() bool {
	ci, err := strconv.ParseBool(a.getenv("CI"))
	if err != nil || !ci {
		return false
	}
	f, ok := a.stdin.(*os.File)
	return !ok || !term.IsTerminal(int(f.Fd()))
}

// filesOf gives what opens a scan file, and the files that it names.
func (a *app) filesOf(c confinement, file string) open.Opener {
	if a.confines(c) {
		return open.RepositoryOf(file, a.getenv("HOME"))
	}
	return open.Anywhere
}

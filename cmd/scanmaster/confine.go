package main

import (
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/open"
)

// confinement tells whether a scan file is one of somebody's who isn't trusted.
type confinement struct {
	// on is said, by the flag or by a plan that was made with it.
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
	return c.on || !c.isSaid() && c.byItself && a.onBranch()
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

// isSaid tells that the flag was given, either way.
func (c confinement) isSaid() bool { return c.flag != nil && c.flag.Changed }

// as takes over whether a plan was made with the flag, unless that is said.
func (c confinement) as(p plan.Plan) confinement {
	if !c.isSaid() {
		c.on = p.Confined
	}
	return c
}

// flags are those that say the same again.
func (c confinement) flags() []string {
	switch {
	case !c.isSaid():
		return nil
	case c.on:
		return []string{"--confine"}
	}
	return []string{"--confine=false"}
}

// confinementBy bounds the hooks of a scan file that isn't trusted: what a policy,
// which may be nil, lets it have as secrets it may have of the environment, too.
func confinementBy(allowed *spec.Policy) *plan.Confinement {
	if allowed == nil {
		return &plan.Confinement{}
	}
	return &plan.Confinement{Besides: allowed.FromEnv, Only: allowed.HookEnv}
}

// fromBounded reads a scan file as somebody's who may not be trusted. Where that is on
// by itself only the files are bounded that are read: apply, of which a plan tells, is
// not confined by itself.
func (a *app) fromBounded(with changes, path string, bounds confinement) source {
	s := with.from(path, a.filesOf(bounds, path))
	s.confined = bounds.on
	return s
}

// filesOf gives what opens a scan file, and the files that it names.
func (a *app) filesOf(c confinement, file string) open.Opener {
	if a.confines(c) {
		return open.RepositoryOf(file, a.getenv("HOME"))
	}
	return open.Anywhere
}

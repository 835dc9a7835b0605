package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"scanmaster/runner/job"
)

// tool is one of the classic suite's programs that this one is, too.
type tool struct {
	command func(*app) *cobra.Command
	// says begins each line in which it complains.
	says string
}

// tools are known by the names that the program may be called by.
var tools = map[string]tool{
	"scanslave":  {newWorker, job.Program}, // masters know its words by that
	"scanhosts":  {newScanhosts, "scanhosts: "},
	"checkhosts": {newCheckhosts, "checkhosts: "},
	"autopw":     {newAutopw, "autopw: "},
	"tkill":      {newTkill, "tkill: "},
}

// called gives the tool that the program was called as; false where it was called
// by its own name, or by any other.
func (a *app) called() (name string, t tool, ok bool) {
	name = filepath.Base(a.args[0])
	t, ok = tools[name]
	return name, t, ok
}

// command is the program's command line, which depends on the name that it was
// called by.
func (a *app) command() *cobra.Command {
	name, t, ok := a.called()
	switch {
	case !ok && (isClassic(a.args[1:]) || completesClassic(a.args[1:])):
		return dressed(a, newClassic(a))
	case !ok:
		return newRoot(a)
	}
	return toolCommand(a, name, t)
}

// toolCommand is the command line of a tool that is called by its name.
func toolCommand(a *app, name string, t tool) *cobra.Command {
	cmd := t.command(a)
	_, flags, _ := strings.Cut(cmd.Use, " ")
	cmd.Use = name + " " + flags
	return dressed(a, cmd)
}

// says begins each line in which the program complains.
func (a *app) says() string {
	if _, t, ok := a.called(); ok {
		return t.says
	}
	return job.Program
}

package plan

import (
	"slices"
	"strings"

	"scanmaster/runner/job"
)

// onHost starts a worker on a worker host, where it goes on when the
// connection ends. Homes are often shared, hence the suffix, which names run
// and chunk. What the worker says goes to the log.
func (l Launch) onHost(layout job.Layout, chunk string, env, argv []string) Command {
	suffix := layout.Run + "." + chunk
	c := Command{Via: l.Via, Env: env, Script: ".cache/scanmaster/run." + suffix, Log: layout.Log(chunk)}
	if len(l.Secrets) > 0 {
		c.Secrets = ".cache/scanmaster/secrets." + suffix
		env = slices.Concat(env, []string{job.EnvSecrets + "=" + c.Secrets})
		c.Env = env
	}
	line := shellLine(layout, env, argv)
	if l.Via == ViaProcess {
		return c.detached(layout, line)
	}
	return c.inScreen(layout, suffix, line)
}

// inScreen starts a line in a detached screen session. screen expands "$", "^"
// and octal escapes even between quotes and drops long lines, hence the
// script; it doesn't expand "~", hence a path that is relative to the home
// folder, where a command over SSH starts. tee shows in the session what is
// said, also where the log can't be written, and outlives a ^C typed there. How
// the worker ended is said too where that isn't well: who is killed says nothing.
// Both files have been read when the script runs, and are removed.
func (c Command) inScreen(layout job.Layout, suffix, line string) Command {
	c.Screenrc = ".screenrc.scanslave." + suffix
	c.ScreenrcText = "screen " + c.Script + "\n"
	c.ScriptText = "#!/bin/sh\nrm -f " + Quote(layout, c.Script) + " " + Quote(layout, c.Screenrc) + "\n{ " + line + ` || echo "ended with status $?"; } 2>&1 | tee -ai ` + Quote(layout, c.Log) + "\n"
	if c.Secrets != "" {
		c.ScriptText += "rm -f " + Quote(layout, c.Secrets) + "\n" // of a worker that has not come so far
	}
	c.Argv = []string{"screen", "-dm", "-c", c.Screenrc, "-e^Ww"}
	c.Line = strings.Join(c.Argv, " ")
	return c
}

// detached starts a line as a process of a session of its own. None of its
// descriptors may be the connection's, which would wait for it.
func (c Command) detached(layout job.Layout, line string) Command {
	c.PIDFile = c.Script + ".pid"
	c.ScriptText = "#!/bin/sh\nrm -f " + Quote(layout, c.Script) + "\necho $$ >" + Quote(layout, c.PIDFile) + "\nexec " + line + "\n"
	c.Argv = []string{"setsid", c.Script}
	c.Line = strings.Join(c.Argv, " ") + " </dev/null >>" + Quote(layout, c.Log) + " 2>&1 &"
	return c
}

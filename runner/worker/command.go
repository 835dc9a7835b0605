package worker

import (
	"maps"
	"slices"

	"scanmaster/runner/job"
)

// command is the line that reads the script on the target; empty asks for the
// login shell. A classic master wants the login shell, unless somebody sits at
// the worker's terminal.
func (c Config) command() string {
	switch {
	case c.Job == nil && c.Args.Attended:
		return "bash -s"
	case c.Job == nil || len(c.Job.Shell) == 0:
		return ""
	}
	return shellLine(c.inSecret(c.Job.Shell), c.Job.Args, c.Job.Env)
}

// shellLine is what a target is asked to execute: the shell, with the script's
// environment before it and its arguments behind it. What reaches the remote
// shell is quoted, word by word.
func shellLine(shell, args []string, env map[string]string) string {
	var words []string
	if len(env) > 0 {
		words = append(words, "env")
		for _, key := range slices.Sorted(maps.Keys(env)) {
			words = append(words, key+"="+env[key])
		}
	}
	words = append(words, shell...)
	if len(args) > 0 {
		if shell[len(shell)-1] == "-s" {
			words = append(words, "--") // sh(1): what follows is the script's, even "-x"
		}
		words = append(words, args...)
	}
	return job.QuoteAll(words)
}

package plan

import (
	"slices"
	"strings"

	"scanmaster/runner/job"
)

// How a worker process is started.
const (
	// ViaProcess starts it on this machine, detached.
	ViaProcess = "process"
	// ViaScreen starts it on a worker host, in a detached screen session.
	ViaScreen = "screen"
)

// Command is what starts one worker.
type Command struct {
	// Via is ViaProcess or ViaScreen.
	Via string `json:"via"`
	// Env is what the worker process gets on top of its environment, as
	// key=value. Where Via is ViaScreen, ScriptText says it already.
	Env []string `json:"env"`
	// Argv is what to execute: the worker itself, or screen on the worker
	// host, from the home folder.
	Argv []string `json:"argv"`
	// Screenrc and Script are files to write on the worker host before, below
	// its home folder; empty where Via is ViaProcess.
	Screenrc     string `json:"screenrc,omitempty"`
	ScreenrcText string `json:"screenrc_text,omitempty"`
	Script       string `json:"script,omitempty"`
	ScriptText   string `json:"script_text,omitempty"`
	// Line is the command for a shell, to be shown to people.
	Line string `json:"line"`
}

// Command gives what starts a worker on a chunk. The digest is that of the
// job file, as hexadecimal digits.
func (l Launch) Command(layout job.Layout, w Worker, chunk, jobDigest string) Command {
	args := l.Args
	args.ChunkFile = layout.Chunk(chunk)
	env := append(slices.Clone(l.Env), job.EnvFile+"="+layout.JobFile(), job.EnvSHA256+"="+jobDigest)
	argv := append(l.program(w), args.Argv()...)
	line := shellLine(layout, env, argv)
	if w.Local {
		return Command{Via: ViaProcess, Env: env, Argv: argv, Line: line}
	}
	return screenCommand(layout.Run+"."+chunk, env, line)
}

// program is what is executed on a worker.
func (l Launch) program(w Worker) []string {
	if !w.Local && l.Deploy == deployNever {
		return []string{"scanslave"}
	}
	return []string{l.Bin, "worker"}
}

// deployNever expects scanslave on the worker hosts.
const deployNever = "never"

// screenCommand starts a line in a detached screen session. Homes are often
// shared, hence the suffix, which names run and chunk. screen expands "$", "^"
// and octal escapes even between quotes and drops long lines, hence the
// script; it doesn't expand "~", hence a path that is relative to the home
// folder, where a command over SSH starts.
func screenCommand(suffix string, env []string, line string) Command {
	rc, script := ".screenrc.scanslave."+suffix, ".cache/scanmaster/run."+suffix
	argv := []string{"screen", "-dm", "-c", rc, "-e^Ww"}
	return Command{
		Via:          ViaScreen,
		Env:          env,
		Argv:         argv,
		Screenrc:     rc,
		ScreenrcText: "screen " + script + "\n",
		Script:       script,
		ScriptText:   "#!/bin/sh\nexec " + line + "\n",
		Line:         strings.Join(argv, " "),
	}
}

// shellLine quotes an environment and a command for a shell.
func shellLine(layout job.Layout, env, argv []string) string {
	words := []string{"env"}
	for _, e := range env {
		key, value, _ := strings.Cut(e, "=")
		words = append(words, key+"="+Quote(layout, value))
	}
	for _, word := range argv {
		words = append(words, Quote(layout, word))
	}
	return strings.Join(words, " ")
}

// Quote quotes a word for a shell. In a dry run the placeholders, which are
// never executed, stay as they are.
func Quote(layout job.Layout, word string) string {
	if layout.Run == RunPlaceholder {
		if plain := dryRun.Replace(word); job.Quote(plain) == plain {
			return word
		}
	}
	return job.Quote(word)
}

// dryRun makes of every placeholder a word that needs no quotes.
var dryRun = strings.NewReplacer(
	BasePlaceholder, "B", RunPlaceholder, "R", MinPlaceholder, "M", BinPlaceholder, "X", DigestPlaceholder, "D")

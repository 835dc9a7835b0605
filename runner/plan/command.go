package plan

import (
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// How a worker process is started.
const (
	// ViaProcess starts it detached, without a terminal.
	ViaProcess = "process"
	// ViaScreen starts it on a worker host, in a detached screen session.
	ViaScreen = "screen"
)

// Command is what starts one worker.
type Command struct {
	// Via is ViaProcess or ViaScreen.
	Via string `json:"via"`
	// Env is what the worker process gets on top of its environment, as
	// key=value. On a worker host ScriptText says it already.
	Env []string `json:"env"`
	// Argv is what to execute: the worker itself, or on a worker host, from the
	// home folder, screen or setsid.
	Argv []string `json:"argv"`
	// Screenrc and Script are files to write on the worker host before, below
	// its home folder, the script to be executable. Screenrc is empty where Via
	// is ViaProcess, both are on this machine.
	Screenrc     string `json:"screenrc,omitempty"`
	ScreenrcText string `json:"screenrc_text,omitempty"`
	Script       string `json:"script,omitempty"`
	// Secrets is a file to write on the worker host before, which the worker removes
	// as soon as it has read it. On this machine they are its standard input instead.
	// Empty where there are none.
	Secrets    string `json:"secrets,omitempty"`
	ScriptText string `json:"script_text,omitempty"`
	// Log is where what a worker on a worker host has to say is kept. PIDFile, below the home folder, is where a
	// detached process there leaves its id, which is its session's too.
	Log     string `json:"log,omitempty"`
	PIDFile string `json:"pid_file,omitempty"`
	// Line is the command for a shell: what is executed on a worker host, and
	// on this machine what is shown to people.
	Line string `json:"line"`
}

// Command gives what starts a worker on a chunk that the job file
// knows.
func (l Launch) Command(layout job.Layout, w Worker, chunk string, file job.Staged) Command {
	args := l.Args
	args.ChunkFile = layout.Chunk(chunk)
	env := append(slices.Clone(l.Env), job.EnvFile+"="+file.Path, job.EnvSHA256+"="+file.SHA256)
	argv := append(l.program(w), args.Argv()...)
	if w.Local {
		if len(l.Secrets) > 0 {
			env = append(env, job.EnvSecrets+"="+job.SecretsOfInput)
		}
		return Command{Via: ViaProcess, Env: env, Argv: argv, Line: shellLine(layout, env, argv)}
	}
	return l.onHost(layout, chunk, env, argv)
}

// At gives the same for a worker host that has the run's files elsewhere.
func (l Launch) At(layout job.Layout) Launch {
	l.Args.Dir, l.Args.Remote = layout.Dir, layout.Staged(job.RoleRemote)
	if l.Args.PostChunk != "" {
		l.Args.PostChunk = layout.Staged(job.RolePostChunk)
	}
	return l
}

// Check gives what has a worker of ours look at its own set-up: the same command
// as will start it, without chunk and job file, which are not there yet.
func (l Launch) Check(layout job.Layout, w Worker) Command {
	argv := append(l.program(w), l.Args.CheckArgv()...)
	return Command{Via: ViaProcess, Env: l.Env, Argv: argv, Line: shellLine(layout, l.Env, argv)}
}

// classicProgram is the name of the worker half in the PATH of worker hosts.
const classicProgram = "scanslave"

// program is what is executed on a worker.
func (l Launch) program(w Worker) []string {
	if !w.Local && l.Deploy == spec.DeployNever {
		return []string{classicProgram}
	}
	return []string{l.Bin, "worker"}
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
	"<BASE^>", "B", "<BASE^^>", "B", BasePlaceholder, "B", FarHomePlaceholder, "H", RunPlaceholder, "R", MinPlaceholder, "M", BinPlaceholder, "X", DigestPlaceholder, "D")

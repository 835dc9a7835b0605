// Command scanmaster farms a script out to thousands of hosts: it deals a list
// of targets out to worker hosts, which run the script on every target over
// SSH and sort the targets by what came of it.
package main

import (
	"context"
	"io"
	"os"

	"scanmaster/cmd/internal/ci"
	"scanmaster/runner/secret"
)

// app is the world around the program: all that a verb may read or write.
type app struct {
	// args are the words of the command line, the program's own name first.
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
	// environ is the environment, as key=value; getenv looks one up in it.
	environ []string
	getenv  func(string) string
	// system is the CI system that problems with scan files are told to; empty as
	// long as no flag has said one, and then it is what the environment tells of.
	system ci.System
	// ended is closed when the program is told to end; nil where nobody can.
	ended <-chan struct{}
	// cut is closed when a signal has come for the second time; it may be nil.
	cut <-chan struct{}
	// mask keeps secrets out of what is said; nil where there are none.
	mask *secret.Mask
}

func main() {
	ctx, second, stop := withSignals(context.Background())
	status := run(ctx, &app{
		args:    os.Args,
		stdin:   os.Stdin,
		stdout:  os.Stdout,
		stderr:  os.Stderr,
		environ: os.Environ(),
		getenv:  os.Getenv,
		cut:     second,
	})
	stop()
	os.Exit(status)
}

// run does what the command line says and gives the exit status.
func run(ctx context.Context, a *app) int {
	out := &remembering{Writer: a.stdout}
	a.stdout = out
	a.ended = ctx.Done()
	root := a.command()
	root.SetArgs(a.args[1:])
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = out.err // help is written by cobra, which drops it
	}
	return a.status(err)
}

// remembering is a writer that remembers its first error.
type remembering struct {
	io.Writer
	err error
}

func (w *remembering) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

package main

import (
	"errors"
	"fmt"
	"strings"

	"scanmaster/cmd/internal/safe"
)

// The exit statuses. Where several hold: a signal's, then 6, 5, 4, 3.
const (
	exitComplete    = 0
	exitNotDone     = 1  // it could not be carried out
	exitUsage       = 2  // usage, or an invalid scan file
	exitFailed      = 3  // too many scripts failed
	exitUnreachable = 4  // too many targets were unreachable
	exitIncomplete  = 5  // input lines without an outcome
	exitHook        = 6  // a hook failed
	exitChanged     = 10 // a plan has changed, or runs differ; only where that is asked for
	exitSignal      = 128
)

// exitHelp stands in the help of every verb.
const exitHelp = `Exit status:
  0        complete
  1        it could not be carried out
  2        usage, or an invalid scan file
  3        too many scripts failed (fail_on, max_fail, canary)
  4        too many targets unreachable (the same; by default when not a single one could be reached)
  5        incomplete: input lines without an outcome
  6        a hook failed
  10       something has changed (--detailed-exitcode)
  130, 143 ended by a signal (129 where its terminal is gone)
`

// exitError is an error that knows its exit status. Without err, what there is
// to say has been said.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usageError is a command line that can't be understood.
type usageError struct {
	err   error
	usage string
}

func (e *usageError) Error() string { return e.err.Error() }

func (e *usageError) Unwrap() error { return e.err }

// status says what went wrong, and gives the exit status for it.
func (a *app) status(err error) int {
	if err == nil {
		return exitComplete
	}
	status := exitNotDone
	known := new(exitError)
	if errors.As(err, &known) {
		status = known.status
	}
	usage := new(usageError)
	if errors.As(err, &usage) {
		status = exitUsage
	}
	ended := signalError{}
	if errors.As(err, &ended) {
		status = exitSignal + int(ended.signal)
	}
	if known.err != nil || known.status == 0 {
		a.complain(err)
	}
	if usage.usage != "" {
		a.say(usage.usage)
	}
	return status
}

// complain tells people of an error, each line behind the program's name.
func (a *app) complain(err error) {
	a.say(safe.Text(a.says(), a.mask.String(err.Error()), 0, 0))
}

// say writes text that is safe to show. Where even that fails, there is nobody
// left to tell.
func (a *app) say(text string) { _, _ = fmt.Fprint(a.stderr, strings.TrimRight(text, "\n")+"\n") }

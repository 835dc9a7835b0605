// Package hook runs a script of the user's on this machine and keeps the end
// of what it wrote.
package hook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Grace is how long a hook that was told to end may still clean up. Whoever
// ends a program that runs hooks has to give it longer than that.
const Grace = 5 * time.Second

// tailSize is how much of a hook's output is kept for its error, in bytes.
const tailSize = 2 << 10

// Hook is one run of a script. It runs in a session of its own, without a
// terminal: one that asks there for something fails at once, and is not stopped
// for ever as a program in the background.
type Hook struct {
	// Path of the script, absolute, and the arguments that follow it.
	Path string
	Args []string
	// Dir is where it runs; empty means the caller's own.
	Dir string
	// Env is its whole environment, as key=value.
	Env []string
	// Timeout bounds it; zero or less is no bound.
	Timeout time.Duration
	// Output hears what it writes, standard output and error alike; nil
	// drops it. It is not called concurrently.
	Output io.Writer
	// Hide, where it isn't nil, gives what its output goes through before anything of
	// it is heard or kept, and what tells that the end has come.
	Hide func(to io.Writer) (in io.Writer, flush func() error)
	// Held, where it isn't nil, is open in the hook too, and in what that starts,
	// as descriptor 3: a flock(2) on it lasts until they are gone, or whoever
	// runs the hook gives it back.
	Held *os.File
}

// Error tells that a hook ran and failed, or could not be started.
type Error struct {
	// Path of the hook.
	Path string
	// Status is its exit status; -1 where it was killed or never ran.
	Status int
	// Tail is the end of what it wrote, raw: it may hold anything.
	Tail string
	// Err is the cause.
	Err error
}

// TimeoutError is the cause of an Error where the hook was ended because it
// took too long.
type TimeoutError struct {
	// After is how long it was let run.
	After time.Duration
}

// Error names the bound by its key in a scan file.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("it was ended after %v, by timeouts.hook", e.After)
}

// Error says what became of the hook, without what it wrote.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Path, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// busy bounds how long a hook may be busy that was only just written.
const busy = time.Second

// Run runs the hook to its end. When ctx ends, or its time is over, its process
// group is told to terminate, and killed five seconds later. The error is an
// *Error.
func (h Hook) Run(ctx context.Context) error {
	if h.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, h.Timeout, &TimeoutError{h.Timeout})
		defer cancel()
	}
	out := &output{to: h.Output}
	through, flush := io.Writer(out), func() error { return nil }
	if h.Hide != nil {
		through, flush = h.Hide(out)
	}
	err := h.exec(ctx, through, h.Path, h.Args...)
	for wait := time.Millisecond; errors.Is(err, syscall.ETXTBSY) && wait < busy; wait *= 2 {
		// A process that was forked while the file was written holds it open until
		// it has become another program (https://go.dev/issue/22315).
		time.Sleep(wait)
		err = h.exec(ctx, through, h.Path, h.Args...)
	}
	if errors.Is(err, syscall.ENOEXEC) {
		// A script without "#!" is the shell's, as execvp(3) has it.
		err = h.exec(ctx, through, "/bin/sh", append([]string{h.Path}, h.Args...)...)
	}
	if unsaid := flush(); err == nil {
		err = unsaid
	}
	if err == nil {
		return nil
	}
	failed := &Error{Path: h.Path, Status: -1, Tail: string(out.tail), Err: err}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		failed.Status = exit.ExitCode()
		if failed.Status < 0 {
			failed.Err = fmt.Errorf("it was ended by a %w", err) // "signal: killed"
		}
	}
	if ctx.Err() != nil {
		failed.Err = ctx.Err()
	}
	if late := new(TimeoutError); errors.As(context.Cause(ctx), &late) {
		failed.Status, failed.Err = -1, late
	}
	return failed
}

func (h Hook) exec(ctx context.Context, out io.Writer, path string, args ...string) error {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env = h.Dir, h.Env
	cmd.Stdout, cmd.Stderr = out, out
	if h.Held != nil {
		cmd.ExtraFiles = []*os.File{h.Held}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // which makes it a group too
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = Grace
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		// The hook itself is gone; what it left behind held its output open.
		err = nil
	}
	if ctx.Err() != nil && cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // who ignored the first signal
	}
	return err
}

// output passes a hook's output on and remembers its end.
type output struct {
	mu   sync.Mutex
	to   io.Writer
	tail []byte
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tail = append(o.tail, p...)
	if over := len(o.tail) - tailSize; over > 0 {
		o.tail = append(o.tail[:0], o.tail[over:]...)
	}
	if o.to != nil {
		if _, err := o.to.Write(p); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

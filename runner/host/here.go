package host

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"time"

	"scanmaster/runner/remote"
)

// conn is what a host is spoken to over.
type conn interface {
	// Run is as of remote.Conn.
	Run(ctx context.Context, cmd remote.Command) (remote.Exit, error)
	Upload(ctx context.Context, path string, mode fs.FileMode, content io.Reader) error
	// Files is as of remote.Conn.
	Files(ctx context.Context, within time.Duration) (*remote.Files, error)
	Close() error
}

// Here is this machine as a host: it answers the same questions about workers
// as one over SSH. The home folder is where their scripts are looked for.
// Nothing is launched or deployed on it.
func Here(home string) *Host {
	if info, err := os.Stat(home); err != nil || !info.IsDir() {
		home = "/" // then there is nothing of theirs
	}
	return &Host{conn: here{home}, log: func(string, ...any) {}, answer: defaultAnswer}
}

// here runs commands on this machine.
type here struct{ home string }

// errHere is of what this machine has other ways for.
var errHere = errors.New("this machine is not reached over SSH")

// Run runs a command without a terminal.
func (h here) Run(ctx context.Context, cmd remote.Command) (remote.Exit, error) {
	if cmd.Terminal != nil {
		return remote.Exit{Status: -1}, errHere
	}
	if cmd.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, cmd.Timeout)
		defer cancel()
	}
	c := exec.CommandContext(ctx, "sh", "-c", cmd.Line)
	c.Dir, c.Stdin, c.Stdout, c.Stderr = h.home, cmd.Stdin, cmd.Stdout, cmd.Stderr
	c.WaitDelay = time.Second // what it has left in the background is not waited for
	err := c.Run()
	exit := remote.Exit{Status: -1}
	if c.ProcessState != nil {
		exit.Status = c.ProcessState.ExitCode()
	}
	if failed := new(exec.ExitError); errors.As(err, &failed) && ctx.Err() == nil {
		err = nil
	}
	return exit, err
}

// Upload copies nothing.
func (here) Upload(context.Context, string, fs.FileMode, io.Reader) error { return errHere }

// Close has nothing to end.
func (here) Close() error { return nil }

// Files is not needed: they are this machine's.
func (here) Files(context.Context, time.Duration) (*remote.Files, error) { return nil, errHere }

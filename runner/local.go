package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"scanmaster/runner/hook"
	"scanmaster/runner/share"
)

// grace is how long a worker that was told to end may take over it. Its hook
// may take its own time; a worker that is killed leaves it behind.
const grace = hook.Grace + 3*time.Second

// process is a worker on this machine: a detached process of this binary.
type process struct {
	cmd *exec.Cmd
	// log is the name of the file in the run's folder that it writes to.
	log string
	// from is where in it begins what is its own.
	from int64
	// ended is closed when the process is gone; err is how it ended.
	ended chan struct{}
	err   error
}

// startLocal starts a worker in a session of its own, so that it goes on
// should the master die; what it says goes to a log in the run's folder.
func startLocal(ctx context.Context, b brief, environ []string, folder *share.Dir, log string) (*process, error) {
	from := sizeOf(folder, log)
	out, err := appendTo(folder, log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	// The worker inherits the lock and holds it to its end, whatever becomes
	// of this process; see stillWorked. Where the share has no such locks
	// there is none.
	_ = unix.Flock(int(out.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	// Not CommandContext: how a worker is ended is stop's to say.
	c := b.command
	cmd := exec.CommandContext(context.WithoutCancel(ctx), c.Argv[0], c.Argv[1:]...)
	cmd.Env = slices.Concat(environ, c.Env)
	cmd.Stdout, cmd.Stderr = out, out
	if b.secrets != nil {
		cmd.Stdin = bytes.NewReader(b.secrets)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, log: log, from: from, ended: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// appendTo opens a log, which is there where a worker was started before.
func appendTo(folder *share.Dir, log string) (*os.File, error) {
	out, err := folder.Create(log)
	if errors.Is(err, fs.ErrExist) {
		return folder.OpenFile(log, os.O_WRONLY|os.O_APPEND)
	}
	return out, err
}

// stop ends the worker, which ends what it has started, and waits for it.
func (p *process) stop() {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if p.endsWithin(0) {
			return // its number may be somebody else's by now
		}
		// The whole group; one that is gone is what is wanted.
		_ = syscall.Kill(-p.cmd.Process.Pid, sig)
		if p.endsWithin(grace) {
			return
		}
	}
	<-p.ended
}

// hurry sends another signal, unless it has ended.
func (p *process) hurry() {
	if !p.endsWithin(0) {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
	}
}

// endsWithin waits for the process to end by itself.
func (p *process) endsWithin(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.ended:
		return true
	default:
	}
	select {
	case <-p.ended:
		return true
	case <-timer.C:
		return false
	}
}

// how says in words how the process ended.
func (p *process) how() string {
	if p.err == nil {
		return "it ended without having finished"
	}
	if exit := new(exec.ExitError); errors.As(p.err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return "it was killed by " + unix.SignalName(status.Signal())
		}
		return fmt.Sprintf("it ended with status %d", exit.ExitCode())
	}
	return p.err.Error()
}

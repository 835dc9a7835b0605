package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"scanmaster/cmd/internal/report"
	"scanmaster/cmd/internal/safe"
)

// detached is a master in the background, as the one in the foreground sees it.
type detached struct {
	cmd    *exec.Cmd
	log    string        // its first log
	orders *os.File      // it reads the plan and answers from there
	frames chan frame    // closed when it has ended, or lets go
	plan   chan struct{} // closed when the plan was handed over, or won't be
}

// detach leaves a master in the background: a process of this binary in a
// session of its own. It shows what that one says until workers work, and ends
// as that one does where it fails before.
func (a *app) detach(ctx context.Context, o order) error {
	d, err := a.startDetached(ctx, o)
	if err != nil {
		return fmt.Errorf("the master in the background: %w", err)
	}
	o.out.leave()
	told := ctx.Done()
	for {
		select {
		case <-told:
			told = nil // once is enough
			_ = d.cmd.Process.Signal(syscall.SIGTERM)
		case f, open := <-d.frames:
			if !open {
				return d.failed(ctx)
			}
			if f.Log != "" && ctx.Err() == nil {
				return a.sayDetached(o, d.cmd.Process.Pid, f.Log)
			}
			if err := a.relay(d, f); err != nil {
				return err
			}
		}
	}
}

// startDetached starts a master in the background and hands the plan over.
func (a *app) startDetached(ctx context.Context, o order) (*detached, error) {
	bin, err := a.program()
	if err != nil {
		return nil, err
	}
	log, err := a.stateLog(logName(o.plan.Layout))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	orders, toOrders, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer orders.Close()
	fromFrames, frames, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, toOrders.Close())
	}
	defer frames.Close()
	d := &detached{log: log.Name(), orders: toOrders, frames: make(chan frame), plan: make(chan struct{})}
	d.cmd = exec.CommandContext(context.WithoutCancel(ctx), bin, o.again(log.Name())...)
	d.cmd.Env, d.cmd.Stdout, d.cmd.Stderr = a.environ, log, log
	d.cmd.ExtraFiles = []*os.File{orders, frames}
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := d.cmd.Start(); err != nil {
		return nil, errors.Join(err, toOrders.Close(), fromFrames.Close())
	}
	go func() {
		defer close(d.plan)
		_ = json.NewEncoder(toOrders).Encode(o.plan) // one that doesn't read it has ended
	}()
	go d.listen(fromFrames)
	return d, nil
}

// listen hands on what the master in the background says.
func (d *detached) listen(from io.ReadCloser) {
	defer close(d.frames)
	defer from.Close()
	for frames := json.NewDecoder(from); ; {
		var f frame
		if err := frames.Decode(&f); err != nil {
			return
		}
		d.frames <- f
	}
}

// relay shows what the master in the background has said, or asks for it.
func (a *app) relay(d *detached, f frame) error {
	switch {
	case f.Stdout != "":
		_, err := io.WriteString(a.stdout, f.Stdout)
		return err
	case f.Stderr != "":
		_, _ = io.WriteString(a.stderr, f.Stderr) // nobody is left to be told
	case f.Ask != "":
		var reply answer
		secret, err := a.ask(f.Ask)
		if reply.Secret = secret; err != nil {
			reply.Err = err.Error()
		}
		<-d.plan
		return json.NewEncoder(d.orders).Encode(reply)
	}
	return nil
}

// failed says how a master has ended before its workers worked. What it had to
// say was shown.
func (d *detached) failed(ctx context.Context) error {
	err := d.cmd.Wait()
	exit := new(exec.ExitError)
	if errors.As(err, &exit) && exit.ExitCode() < 0 {
		return fmt.Errorf("the master in the background: %w; its log is %s", err, d.log)
	}
	_ = os.Remove(d.log) // it may be removed already
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return &exitError{status: exit.ExitCode()}
	}
	return nil
}

// stateLog makes a file in the user's state folder, as the XDG base directory
// specification has it.
func (a *app) stateLog(name string) (*os.File, error) {
	state := a.getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // the specification wants such ignored
		state = filepath.Join(a.getenv("HOME"), ".local", "state")
	}
	dir := filepath.Join(state, "scanmaster")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("its log: %w; XDG_STATE_HOME says where it goes", err)
	}
	return os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}

// sayDetached says that a master is in the background, and how to go on.
func (a *app) sayDetached(o order, pid int, log string) error {
	run := o.plan.Layout.Run
	if !o.asJSON {
		_, err := fmt.Fprintf(a.stdout, "run %s goes on in the background, as process %d\nlog: %s\nnext: %s\n",
			run, pid, safe.Line(log, 0), safe.Line(o.next(), 0))
		return err
	}
	lines := &report.JSON{Out: a.stdout, Now: time.Now}
	lines.Line(report.Detached{Run: run, PID: pid, Log: log, Next: o.next()})
	return lines.Err
}

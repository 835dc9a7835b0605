package host

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

//go:embed launch.sh
var launchScript string

//go:embed trace.sh
var traceScript string

// startWithin is how long it may take until something is seen of a worker
// whose start was accepted.
const startWithin = 10 * time.Second

// withdraw keeps a start that nobody waits for any more from coming late.
const withdraw = `rm -f "$script"` + "\n"

// maxStartPause bounds the time between two looks for it.
const maxStartPause = 400 * time.Millisecond

// terminal is that of a start; nobody looks on. screen wants to know of its
// kind, and every host knows that one.
var terminal = remote.Terminal{Term: "vt100", Width: 80, Height: 24}

// errNothing tells that a start was accepted and nothing came of it.
var errNothing = errors.New("nothing has started")

// Launch starts a worker that goes on when the connection ends, and waits
// until there is a trace of it: what became of it, Begun tells.
func (h *Host) Launch(ctx context.Context, c plan.Command) error {
	files := vars{
		"script": c.Script, "script_text": c.ScriptText, "rc": c.Screenrc, "rc_text": c.ScreenrcText,
		"pid_file": c.PIDFile, "log": c.Log,
	}
	a, err := h.ask(ctx, launchScript, files)
	if err != nil {
		return fmt.Errorf("prepare the start: %w", err)
	}
	start := remote.Command{Line: "sh -c " + job.Quote(c.Line), Timeout: h.answer}
	if c.Via == plan.ViaScreen {
		start.Line = inScreenDir(a["screen_dir"], c.Line)
		start.Terminal = &terminal
	}
	said := &tail{max: maxWords}
	start.Stdout, start.Stderr = said, said
	exit, err := h.conn.Run(ctx, start)
	if err == nil && exit.Status != 0 {
		err = fmt.Errorf("status %d: %s", exit.Status, said.words())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.Line, err)
	}
	if err := h.trace(ctx, files, a["log"]); err != nil {
		if errors.Is(err, errNothing) {
			_, undone := h.ask(ctx, withdraw, files)
			err = errors.Join(err, undone)
		}
		return fmt.Errorf("%s: %w: %s", c.Line, err, said.words())
	}
	return nil
}

// trace waits until there is one of what was launched. The log had a size
// before, which is empty where it wasn't there.
func (h *Host) trace(ctx context.Context, files vars, before string) error {
	late := time.NewTimer(startWithin)
	defer late.Stop()
	for pause := firstPause; ; pause = min(2*pause, maxStartPause) {
		a, err := h.ask(ctx, processesScript+traceScript, files)
		if err != nil || a["starter"] != "" || a["session"] != "" || a["log"] != before || a.yes("pid_file") {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		case <-late.C:
			return errNothing
		}
	}
}

package host

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
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

// maxStartPause bounds the time between two looks for it.
const maxStartPause = 400 * time.Millisecond

// withdraw keeps a start that nobody waits for any more from coming late, and leaves
// no secrets behind.
const withdraw = `rm -f "$script" ${secrets:+"$secrets"}` + "\n"

// errNothing tells that a start was accepted and nothing came of it.
var errNothing = errors.New("nothing has started")

// Launch starts a worker that goes on when the connection ends, and waits
// until there is a trace of it: what became of it, Begun tells.
func (h *Host) Launch(ctx context.Context, c plan.Command) error {
	files := vars{
		"script": c.Script, "script_text": c.ScriptText, "rc": c.Screenrc, "rc_text": c.ScreenrcText,
		"pid_file": c.PIDFile, "log": c.Log, "secrets": c.Secrets,
		// As job.Layout has it: the log is in the run's folder below PREFIX.
		"prefix": path.Dir(path.Dir(c.Log)), "chunk": strings.TrimPrefix(path.Base(c.Log), "log."),
	}
	a, err := h.ask(ctx, launchScript, files)
	if err != nil {
		_, undone := h.ask(ctx, withdraw, files)
		return fmt.Errorf("prepare the start: %w", errors.Join(err, undone))
	}
	s := h.start(ctx, c, a["screen_dir"])
	seen, err := h.trace(ctx, s, files, a["log"])
	failed := s.end()
	if seen {
		return nil // however its terminal ended
	}
	if errors.Is(err, errNothing) {
		_, undone := h.ask(ctx, withdraw, files)
		err = errors.Join(err, undone)
	}
	if failed != nil {
		err = failed
	}
	if words := s.said.words(); words != "" {
		return fmt.Errorf("%s: %w: %s", c.Line, err, words)
	}
	return fmt.Errorf("%s: %w", c.Line, err)
}

// Hand writes the secrets of a worker to a file that nobody else can read, before it
// is launched: the worker removes it when it has read it.
func (h *Host) Hand(ctx context.Context, path string, secrets []byte) error {
	if err := h.conn.Upload(ctx, path, 0o600, bytes.NewReader(secrets)); err != nil {
		return fmt.Errorf("hand over the secrets: %w", err)
	}
	return nil
}

// trace waits until there is one of what was started. The log had a size
// before, which is empty where it wasn't there. The error is that none is
// seen; what has failed tells itself.
func (h *Host) trace(ctx context.Context, s *start, files vars, before string) (seen bool, err error) {
	late := time.NewTimer(startWithin)
	defer late.Stop()
	over := false // then it is looked once more
	for pause := firstPause; ; pause = min(2*pause, maxStartPause) {
		a, err := h.ask(ctx, processesScript+traceScript, files)
		switch {
		case err != nil:
			return false, err
		case a["starter"] != "" || a["log"] != before || a.yes("left"):
			return true, nil
		case over:
			return false, errNothing
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-s.failed:
			over = true
		case <-late.C:
			over = true
		case <-time.After(pause):
		}
	}
}

// start is a command that starts a worker, on its way.
type start struct {
	said   *tail
	failed chan struct{} // closed when it has failed
	ended  chan error
	letGo  chan struct{} // closed to let its terminal go
}

// terminal is that of a start; nobody looks on. screen wants to know of its
// kind, and every host knows that one.
var terminal = remote.Terminal{Term: "vt100", Width: 80, Height: 24}

// holding runs a line on a terminal that stays until a line is typed. screen
// returns before its session stands on its own, and what has not left the
// terminal by then would end with it. That line may be lost when the terminal
// goes, which is no failure.
func holding(line string) string {
	return "sh -c " + job.Quote("trap '' HUP; "+line+" || exit; read -r _; :")
}

// aLine is one that is typed when it is time to.
type aLine struct {
	when  <-chan struct{}
	typed bool
}

func (l *aLine) Read(p []byte) (int, error) {
	<-l.when
	if l.typed || len(p) == 0 {
		return 0, io.EOF
	}
	l.typed = true
	return copy(p, "\n"), nil
}

// start begins to start a worker. The caller calls end.
func (h *Host) start(ctx context.Context, c plan.Command, screenDir string) *start {
	s := &start{
		said: &tail{max: maxWords}, failed: make(chan struct{}), ended: make(chan error, 1), letGo: make(chan struct{}),
	}
	cmd := remote.Command{Line: "sh -c " + job.Quote(c.Line), Stderr: s.said, Timeout: h.answer}
	if c.Via == plan.ViaScreen {
		cmd = remote.Command{
			Line: holding(inScreenDir(screenDir, c.Line)), Timeout: h.answer,
			Stdin: &aLine{when: s.letGo}, Stdout: s.said, Terminal: &terminal,
		}
	}
	go func() {
		exit, err := h.conn.Run(ctx, cmd)
		if err == nil && exit.Status != 0 {
			err = fmt.Errorf("status %d", exit.Status)
		}
		if err != nil {
			close(s.failed)
		}
		s.ended <- err
	}()
	return s
}

// end lets the terminal go, and tells how the command ended.
func (s *start) end() error {
	close(s.letGo)
	return <-s.ended
}

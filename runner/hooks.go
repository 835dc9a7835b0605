package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"scanmaster/runner/hook"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// pre runs the hook that may still make files and mount folders, and then
// makes sure that the lock is held in what is there now.
func (r *run) pre(ctx context.Context, s plan.Pre) (string, error) {
	if err := r.runHook(ctx, r.prefix, "pre", hook.Hook{Path: r.resolve(s.Hook.Path), Args: s.Args}); err != nil {
		return "", err
	}
	return s.Hook.Path, nil
}

// aggregate runs the user's aggregator; a failure is a result.
func (r *run) aggregate(ctx context.Context, s plan.Aggregate) (string, error) {
	if err := r.stillThere(); err != nil {
		return "", err
	}
	r.summary.Results = r.plan.Layout.Prefix()
	if len(r.summary.FailedHooks) > 0 {
		return "not run, since a post-chunk hook failed", nil
	}
	if moved, err := r.movedAlready(); err != nil || moved != "" {
		if err == nil {
			r.hookFailed(HookFailed{Hook: "aggregate", Reason: "it ran under an earlier master of this run, and has moved away " + moved +
				"; whether it came to its end isn't known, and it isn't run again on what is left"})
		}
		return "not run again", err
	}
	err := r.runHook(ctx, r.folder, "aggregate", hook.Hook{Path: r.resolve(s.Hook.Path), Args: s.Args, Dir: s.Dir})
	if failed := new(hook.Error); errors.As(err, &failed) && ctx.Err() == nil {
		r.hookFailed(HookFailed{Hook: "aggregate", Reason: failed.Error(), Tail: failed.Tail})
		return "failed", nil
	}
	if err == nil {
		err = r.afterAggregator()
	}
	return s.Hook.Path, err
}

// afterAggregator sees whether the aggregator has put the results elsewhere, with
// the folder or without.
func (r *run) afterAggregator() error {
	if gone := new(GoneError); errors.As(r.stillThere(), &gone) {
		r.summary.Results = ""
		r.report(Warning{Text: "after the aggregator ran, " + gone.Error()})
		return nil
	}
	left, err := anyVisible(r.prefix)
	if err == nil && !left {
		r.summary.Results = ""
	}
	return err
}

func (r *run) hookFailed(e HookFailed) {
	r.summary.FailedHooks = append(r.summary.FailedHooks, e)
	r.report(e)
}

// runHook runs a hook with the caller's environment and its own, or what it gets of
// these; its lines become events. It holds a lock in the folder, where there is one
// already.
func (r *run) runHook(ctx context.Context, folder *share.Dir, name string, h hook.Hook) (err error) {
	if folder != nil {
		if h.Held, err = holdHook(folder, name, r.plan.Layout.Run+" on "+r.self.Host); err != nil {
			return err
		}
		// Closing is not enough: what the hook has left behind, a mount for one,
		// may go on, and is no hook.
		defer func() { err = errors.Join(err, letHook(h.Held)) }()
	}
	lines := &lineWriter{line: func(line string) { r.report(HookOutput{Hook: name, Line: line}) }}
	h.Env, h.Output, h.Timeout = r.plan.Job.HookEnviron(slices.Concat(r.cfg.Environ, h.Env)), lines, r.plan.Job.Timeouts.Hook
	h.Hide = r.mask.Stream
	err = h.Run(ctx)
	lines.flush()
	if err != nil {
		return fmt.Errorf("hook %w", err)
	}
	return nil
}

func (r *run) resolve(path string) string {
	return plan.Resolve(r.plan.Base, r.cfg.Home, path)
}

// maxLine is how much of a line is gathered before it is passed on, in bytes.
const maxLine = 4 << 10

// lineWriter cuts what is written into lines.
type lineWriter struct {
	line func(string)
	rest []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	rest := w.rest
	for {
		end := bytes.IndexByte(rest, '\n')
		next := end + 1
		if end < 0 && len(rest) > maxLine {
			end, next = maxLine, maxLine
		}
		if end < 0 {
			w.rest = append(w.rest[:0], rest...)
			return len(p), nil
		}
		w.line(string(rest[:end]))
		rest = rest[next:]
	}
}

func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.line(string(w.rest))
		w.rest = nil
	}
}

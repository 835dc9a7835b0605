package remote

import (
	"context"
	"fmt"
	"io"
	"time"
)

// idleError is the end of a command that said nothing for too long.
type idleError struct{ after time.Duration }

func (e *idleError) Error() string { return fmt.Sprintf("nothing was heard of it for %v", e.after) }

// idle bounds how long a command may be silent; nil is no bound.
type idle struct {
	after  time.Duration
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

// newIdle gives a context that ends with an *idleError as its cause when
// nothing was heard for so long. A time of zero or less is no bound.
func newIdle(ctx context.Context, after time.Duration) (context.Context, *idle) {
	if after <= 0 {
		return ctx, nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(after, func() { cancel(&idleError{after}) })
	return ctx, &idle{after: after, timer: timer, cancel: cancel}
}

func (i *idle) stop() {
	if i != nil {
		i.timer.Stop()
		i.cancel(nil)
	}
}

// heard gives a writer that hears what is written to w.
func (i *idle) heard(w io.Writer) io.Writer {
	if i == nil {
		return w
	}
	return &hearing{Writer: w, idle: i}
}

// hearing is a writer with an ear.
type hearing struct {
	io.Writer
	idle *idle
}

// Write counts the time from when w has taken p, too: that a disk or a window
// is full is no silence of the command's.
func (h *hearing) Write(p []byte) (int, error) {
	h.idle.timer.Reset(h.idle.after)
	n, err := h.Writer.Write(p)
	h.idle.timer.Reset(h.idle.after)
	return n, err
}

// taking gives a reader of which is heard that something is taken from r.
func (i *idle) taking(r io.Reader) io.Reader {
	if i == nil {
		return r
	}
	return &taken{Reader: r, idle: i}
}

// taken is a reader with an ear.
type taken struct {
	io.Reader
	idle *idle
}

// Read counts the time from when r has given p: that it is slow is its own.
func (t *taken) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	t.idle.timer.Reset(t.idle.after)
	return n, err
}

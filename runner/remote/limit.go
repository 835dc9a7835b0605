package remote

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// deadlineError is the end of a phase that took too long.
type deadlineError struct{ after time.Duration }

func (e *deadlineError) Error() string { return fmt.Sprintf("timed out after %v", e.after) }

// limit bounds one phase. When its time is over, or the caller's context, it is
// ended, and that closes the transport: nothing else ends a peer that hangs for
// sure.
type limit struct {
	ctx    context.Context
	cancel context.CancelFunc
	stop   func() bool
	ended  chan struct{} // closed when the limit has struck and ended the phase
}

// newLimit starts a phase that end ends. A timeout of zero or less is none.
func newLimit(ctx context.Context, timeout time.Duration, end func()) *limit {
	l := &limit{ctx: ctx, cancel: func() {}, ended: make(chan struct{})}
	if timeout > 0 {
		l.ctx, l.cancel = context.WithTimeoutCause(ctx, timeout, &deadlineError{timeout})
	}
	l.stop = context.AfterFunc(l.ctx, func() {
		defer close(l.ended)
		end()
	})
	return l
}

// release ends the phase. Where its limit has struck, and so the transport is
// closed, it gives the error of the phase.
func (l *limit) release(p Phase) *Error {
	defer l.cancel()
	if l.stop() {
		return nil
	}
	<-l.ended
	return limitError(l.ctx, p)
}

// limitError is the error of a phase whose context has ended.
func limitError(ctx context.Context, p Phase) *Error {
	cause := context.Cause(ctx)
	e := &Error{Phase: p, Kind: KindCancelled, Err: cause}
	if late := new(deadlineError); errors.As(cause, &late) {
		e.Kind = KindTimeout
	}
	if mute := new(idleError); errors.As(cause, &mute) {
		e.Kind = KindIdle
	}
	return e
}

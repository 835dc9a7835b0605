package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// deadlineError is the end of a phase that took too long.
type deadlineError struct{ after time.Duration }

func (e *deadlineError) Error() string { return fmt.Sprintf("timed out after %v", e.after) }

// limit bounds one phase. When its time is over, or the caller's context, the
// transport is closed: nothing else ends a peer that hangs for sure.
type limit struct {
	ctx    context.Context
	cancel context.CancelFunc
	stop   func() bool
}

// newLimit starts a phase on conn. A timeout of zero or less is none.
func newLimit(ctx context.Context, timeout time.Duration, conn net.Conn) *limit {
	l := &limit{ctx: ctx, cancel: func() {}}
	if timeout > 0 {
		l.ctx, l.cancel = context.WithTimeoutCause(ctx, timeout, &deadlineError{timeout})
	}
	l.stop = context.AfterFunc(l.ctx, func() { _ = conn.Close() })
	return l
}

// release ends the phase. Where its limit has struck, and so the transport is
// closed, it gives the error of the phase.
func (l *limit) release(p Phase) *Error {
	defer l.cancel()
	if l.stop() {
		return nil
	}
	return limitError(l.ctx, p)
}

// limitError is the error of a phase whose context has ended.
func limitError(ctx context.Context, p Phase) *Error {
	cause := context.Cause(ctx)
	if late := new(deadlineError); errors.As(cause, &late) {
		return &Error{Phase: p, Kind: KindTimeout, Err: cause}
	}
	return &Error{Phase: p, Kind: KindCancelled, Err: cause}
}

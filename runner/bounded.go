package runner

import (
	"context"
	"fmt"
	"time"
)

// TimeoutError tells that the scan was stopped because it took too long.
type TimeoutError struct {
	// After is how long it was let run.
	After time.Duration
}

// Error names the bound by its key in a scan file.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("the scan was stopped after %v, by timeouts.scan", e.After)
}

// bounded gives a context that ends with a *TimeoutError as its cause, so that
// the scan ends as on a signal. A timeout of zero or less is no bound.
func bounded(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, timeout, &TimeoutError{timeout})
}

package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// signalError ends a context that a signal has ended.
type signalError struct{ signal syscall.Signal }

func (e signalError) Error() string { return "ended by " + e.signal.String() }

// sameSignal is how long after the first signal further ones are the same word:
// timeout(1), for one, sends each signal twice.
const sameSignal = 200 * time.Millisecond

// withSignals gives a context that the first SIGINT, SIGTERM or SIGHUP ends,
// with a signalError as its cause, and a channel that the second closes: what
// was given time to end is not waited for any more. The third ends the program
// at once. A SIGHUP that is ignored, as under nohup(1), stays so.
func withSignals(parent context.Context) (ctx context.Context, second <-chan struct{}, stop context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	quit, gone, again := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		defer signal.Stop(signals)
		if follow(signals, quit, cancel) {
			close(again)
		}
	}()
	return ctx, again, func() {
		cancel(context.Canceled)
		close(quit)
		<-gone
	}
}

// follow ends a context with the first signal, and reports true at the second.
func follow(signals <-chan os.Signal, quit <-chan struct{}, cancel context.CancelCauseFunc) bool {
	first, ok := next(signals, quit)
	if sig, isOne := first.(syscall.Signal); isOne {
		cancel(signalError{sig})
	}
	for began := time.Now(); ok; {
		if _, ok = next(signals, quit); ok && time.Since(began) >= sameSignal {
			return true
		}
	}
	return false
}

// next waits for a signal; false tells that nobody minds any more.
func next(signals <-chan os.Signal, quit <-chan struct{}) (os.Signal, bool) {
	select {
	case s := <-signals:
		return s, true
	case <-quit:
		return nil, false
	}
}

// outliveReaders makes writing to a standard output that nobody reads any more
// an error, as that to any other file is, and not the end of the program: it
// may have workers to look after. Whatever it starts is not affected.
func outliveReaders() (stop func()) {
	pipes := make(chan os.Signal, 1) // caught and dropped
	signal.Notify(pipes, syscall.SIGPIPE)
	return func() { signal.Stop(pipes) }
}

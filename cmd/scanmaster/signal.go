package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// signalError ends a context that a signal has ended.
type signalError struct{ signal syscall.Signal }

func (e signalError) Error() string { return "ended by " + e.signal.String() }

// withSignals gives a context that the first SIGINT, SIGTERM or SIGHUP ends,
// with a signalError as its cause. The second changes nothing: timeout(1), for
// one, sends each signal twice, and to end all that was started takes seconds.
// The third ends the program at once. A SIGHUP that is ignored, as under
// nohup(1), stays so.
func withSignals(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		defer signal.Stop(signals)
		for range 2 {
			select {
			case s := <-signals:
				if sig, ok := s.(syscall.Signal); ok {
					cancel(signalError{sig})
				}
			case <-quit:
				return
			}
		}
	}()
	return ctx, func() {
		cancel(context.Canceled)
		close(quit)
		<-gone
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

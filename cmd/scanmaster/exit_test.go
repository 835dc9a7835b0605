package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestErrorsKnowTheirExitStatus(t *testing.T) {
	wrong := errors.New("\x1b[2Jwrong")
	for _, c := range []struct {
		err    error
		status int
		said   string
	}{
		{nil, exitComplete, ""},
		{wrong, exitNotDone, "scanmaster: \\x1b[2Jwrong\n"},
		{fmt.Errorf("launch: %w", &exitError{exitHook, wrong}), exitHook, "scanmaster: launch: \\x1b[2Jwrong\n"},
		{&exitError{status: exitFailed}, exitFailed, ""},
		{&usageError{wrong, "usage: x"}, exitUsage, "scanmaster: \\x1b[2Jwrong\nusage: x\n"},
		{errors.Join(wrong, signalError{syscall.SIGINT}), 130, "scanmaster: \\x1b[2Jwrong\nscanmaster: ended by interrupt\n"},
		{&exitError{exitHook, signalError{syscall.SIGTERM}}, 143, "scanmaster: ended by terminated\n"},
	} {
		var said strings.Builder
		a := &app{args: []string{"scanmaster"}, stderr: &said}
		if got := a.status(c.err); got != c.status {
			t.Errorf("%v: status %d, want %d", c.err, got, c.status)
		}
		if said.String() != c.said {
			t.Errorf("%v: said %q, want %q", c.err, said.String(), c.said)
		}
	}
}

func TestASignalEndsTheContextAndIsItsCause(t *testing.T) {
	ctx, second, stop := withSignals(t.Context())
	defer stop()
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	if got := context.Cause(ctx); !errors.Is(got, signalError{syscall.SIGTERM}) {
		t.Errorf("the cause is %v", got)
	}
	time.Sleep(sameSignal)
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-second
}

func TestASignalThatComesTwiceAtOnceIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		signals, second := make(chan os.Signal, 1), make(chan bool, 1)
		go func() { second <- follow(signals, nil, cancel) }()
		for range 3 {
			signals <- syscall.SIGTERM
			synctest.Wait()
		}
		if len(second) > 0 || ctx.Err() == nil {
			t.Errorf("the context has %v, and there is a second signal: %v", ctx.Err(), len(second) > 0)
		}
		time.Sleep(sameSignal)
		signals <- syscall.SIGINT
		if !<-second || !errors.Is(context.Cause(ctx), signalError{syscall.SIGTERM}) {
			t.Errorf("no second signal, or the cause is %v", context.Cause(ctx))
		}
	})
}

func TestWithoutASignalTheContextIsLeftAlone(t *testing.T) {
	ctx, _, stop := withSignals(t.Context())
	if err := ctx.Err(); err != nil {
		t.Error(err)
	}
	stop()
	if got := context.Cause(ctx); !errors.Is(got, context.Canceled) {
		t.Errorf("the cause is %v", got)
	}
}

package remote

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhoIsHeardNowAndThenIsNotIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, quiet := newIdle(t.Context(), time.Minute)
		defer quiet.stop()
		w := quiet.heard(io.Discard)
		for range 10 {
			time.Sleep(59 * time.Second)
			if _, err := w.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		if ctx.Err() != nil {
			t.Error("it is taken for idle")
		}
		time.Sleep(61 * time.Second)
		if mute := new(idleError); !errors.As(context.Cause(ctx), &mute) {
			t.Errorf("after a minute without a word: %v", context.Cause(ctx))
		}
	})
}

// slow takes its time over what it is given.
type slow time.Duration

func (s slow) Write(p []byte) (int, error) {
	time.Sleep(time.Duration(s))
	return len(p), nil
}

func TestASlowDiskIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, quiet := newIdle(t.Context(), time.Minute)
		defer quiet.stop()
		w := quiet.heard(slow(50 * time.Second))
		for range 2 {
			if _, err := w.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(59 * time.Second)
		if ctx.Err() != nil {
			t.Error("it is taken for idle")
		}
	})
}

func TestWithoutABoundNobodyIsIdle(t *testing.T) {
	ctx, quiet := newIdle(t.Context(), 0)
	if ctx != t.Context() || quiet.heard(io.Discard) != io.Discard {
		t.Error("there is something in the way")
	}
	quiet.stop()
}

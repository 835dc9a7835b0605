package main

import (
	"context"
	"errors"
	"testing"
)

func TestAFolderThatHangsIsLeftBehindAtTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("told to end")
	hung := make(chan struct{})
	defer close(hung)
	err := unlessItIsEnded(ctx, func() error {
		cancel(cause)
		<-hung
		return nil
	})
	if !errors.Is(err, cause) {
		t.Errorf("it ended with %v", err)
	}
	own := errors.New("its own")
	if err := unlessItIsEnded(t.Context(), func() error { return own }); !errors.Is(err, own) {
		t.Errorf("it ended with %v", err)
	}
}

package ping

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestQuestionsAreKeptApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const questions = 1000
		var p pace
		var all sync.WaitGroup
		began := time.Now()
		for range questions {
			all.Go(func() {
				if err := p.wait(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(began); took != (questions-1)*gap {
			t.Errorf("%d questions within %v", questions, took)
		}
	})
}

func TestWaitingForATurnEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pace
		ctx, cancel := context.WithCancel(t.Context())
		if err := p.wait(ctx); err != nil {
			t.Error(err)
		}
		cancel()
		if err := p.wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"scanmaster/runner/chunk"
)

// listed is a queue of so many targets, t1 and on.
func listed(n, most int) *queue {
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, "t%d\n", i+1)
	}
	return newQueue(chunk.NewReader(strings.NewReader(list.String())), most)
}

func mustNext(t *testing.T, q *queue) trial {
	t.Helper()
	got, err := q.next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhoIsDoneWithDoesNotComeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := listed(2, 10)
		for _, want := range []string{"t1", "t2"} {
			if got := mustNext(t, q); got.target.Host != want || got.tries != 0 || got.bad != nil {
				t.Errorf("got %+v, want %s", got, want)
			}
		}
		q.done(trial{})
		time.AfterFunc(time.Hour, func() { q.done(trial{}) })
		if got, err := q.next(t.Context()); !errors.Is(err, io.EOF) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestWhoIsTriedAgainComesWhenItsTimeHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := listed(3, 10)
		began := time.Now()
		for _, pause := range []time.Duration{20, 5, 10} {
			got := mustNext(t, q)
			got.tries++
			q.again(got, pause*time.Second)
		}
		for _, want := range []struct {
			host string
			at   time.Duration
		}{{"t2", 5}, {"t3", 10}, {"t1", 20}} {
			got := mustNext(t, q)
			if at := time.Since(began); got.target.Host != want.host || got.tries != 1 || at != want.at*time.Second {
				t.Errorf("after %v came %+v, want %+v", at, got, want)
			}
			q.done(got)
		}
		if _, err := q.next(t.Context()); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

func TestWhoseTimeHasComeGoesBeforeTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := listed(100, 10)
		q.again(mustNext(t, q), time.Second)
		if got := mustNext(t, q); got.target.Host != "t2" {
			t.Errorf("%s came while t1 waits", got.target.Host)
		}
		time.Sleep(time.Second)
		if got := mustNext(t, q); got.target.Host != "t1" {
			t.Errorf("%s came, and t1's time had come", got.target.Host)
		}
	})
}

func TestAnEarlierTimeWakesWhoWaitsForALaterOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := listed(2, 10)
		first, second := mustNext(t, q), mustNext(t, q)
		q.again(first, time.Hour)
		time.AfterFunc(time.Minute, func() { q.again(second, time.Second) })
		began := time.Now()
		if got := mustNext(t, q); got.target.Host != "t2" || time.Since(began) != 61*time.Second {
			t.Errorf("after %v came %s", time.Since(began), got.target.Host)
		}
	})
}

func TestNoNewTargetIsTakenWhileTooManyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most, inHand, targets = 5, 3, 1000
		q := listed(targets, most)
		seen := make(map[string]int)
		hands := make(chan struct{}, inHand)
		largest := 0
		for {
			got, err := q.next(t.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			hands <- struct{}{}
			seen[got.target.Host]++
			go func() {
				time.Sleep(10 * time.Millisecond)
				defer func() { <-hands }()
				if got.tries++; got.tries == 3 {
					q.done(got)
					return
				}
				q.again(got, time.Second)
			}()
			q.mu.Lock()
			largest = max(largest, len(q.waiting))
			q.mu.Unlock()
		}
		if len(seen) != targets || slices.ContainsFunc(slices.Collect(maps.Values(seen)), func(n int) bool { return n != 3 }) {
			t.Errorf("%d targets of %d were tried, %v", len(seen), targets, seen)
		}
		if largest < most || largest > most+inHand {
			t.Errorf("%d waited, want %d and those in hand", largest, most)
		}
	})
}

func TestABadLineComesLikeAnyOther(t *testing.T) {
	q := newQueue(chunk.NewReader(strings.NewReader("-x\nweb1\n")), 10)
	if got := mustNext(t, q); !chunk.IsLineError(got.bad) {
		t.Errorf("got %+v", got)
	}
	if got := mustNext(t, q); got.bad != nil || got.target.Host != "web1" {
		t.Errorf("got %+v", got)
	}
}

// broken is a list that can't be read.
type broken struct{}

var errBroken = errors.New("broken")

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func TestAListThatCanNotBeReadIsAnError(t *testing.T) {
	if _, err := newQueue(chunk.NewReader(broken{}), 10).next(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

func TestWhoWaitsInTheQueueEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := listed(1, 10)
		got := mustNext(t, q)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := q.next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with one in hand: %v", err)
		}
		q.again(got, time.Hour)
		if _, err := q.next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with one that waits: %v", err)
		}
	})
}

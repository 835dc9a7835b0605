package worker

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func mustTake(t *testing.T, s *slots) *slot {
	t.Helper()
	p, err := s.take(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// isFull tells whether nobody gets a place now.
func isFull(s *slots) bool {
	if !s.silent.TryAcquire(1) {
		return true
	}
	defer s.silent.Release(1)
	if !s.jobs.TryAcquire(1) {
		return true
	}
	s.jobs.Release(1)
	return false
}

func TestNoMoreThanTheJobsWorkAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(2, 8)
		a, b := mustTake(t, s), mustTake(t, s)
		for _, p := range []*slot{a, b} {
			if err := p.heard(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * patience)
		if !isFull(s) {
			t.Error("a third may work")
		}
		a.free()
		if isFull(s) {
			t.Error("a place was not given back")
		}
		b.free()
	})
}

func TestTheMuteDoNotHoldBackTheLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1, 4)
		var mute []*slot
		began := time.Now()
		for range 3 {
			mute = append(mute, mustTake(t, s)) // each waits for the one before to be parked
		}
		live := mustTake(t, s)
		if err := live.heard(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 3*patience {
			t.Errorf("the live one waited %v behind three mute ones", took)
		}
		live.free()
		for _, p := range mute {
			p.free()
		}
		if isFull(s) {
			t.Error("not all places were given back")
		}
	})
}

func TestTheMuteAreBoundedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1, 2)
		a, b := mustTake(t, s), mustTake(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := s.take(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a third got a place: %v", err)
		}
		a.free()
		mustTake(t, s).free()
		b.free()
	})
}

func TestALateBannerWaitsForAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1, 4)
		late, busy := mustTake(t, s), mustTake(t, s)
		if err := busy.heard(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := late.heard(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it works beside another: %v", err)
		}
		time.AfterFunc(time.Second, busy.free)
		if err := late.heard(t.Context()); err != nil {
			t.Error(err)
		}
		if !isFull(s) {
			t.Error("it works without a place")
		}
		late.free()
		late.free()
		if isFull(s) {
			t.Error("not all places were given back")
		}
	})
}

func TestWhoWaitsForAPlaceEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1, 4)
		p := mustTake(t, s)
		if err := p.heard(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.take(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		p.free()
		if isFull(s) {
			t.Error("not all places were given back")
		}
	})
}

func TestPlacesAreFewerThanFilesMayBeOpen(t *testing.T) {
	for _, c := range []struct {
		jobs            int
		openFiles       uint64
		working, silent int
	}{
		{175, 20_000, 175, 700},
		{500, 1 << 62, 500, 2000},
		{5000, 20_000, 5000, 9680},
		{500, 1024, 234, 236},
		{175, 256, 1, 1},
		{1, 1024, 1, 4},
	} {
		working, silent := bounds(c.jobs, c.openFiles)
		if working != c.working || silent != c.silent {
			t.Errorf("%d jobs, %d files: got %d and %d, want %d and %d", c.jobs, c.openFiles, working, silent, c.working, c.silent)
		}
	}
}

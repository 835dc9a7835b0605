package worker

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// most is how many of the times are within a window of a length at the most.
func most(times []time.Duration, window time.Duration) int {
	n, from := 0, 0
	for to := range times {
		for times[to]-times[from] >= window {
			from++
		}
		n = max(n, to-from+1)
	}
	return n
}

func TestNewConnectionsKeepToTheirRate(t *testing.T) {
	for _, perSecond := range []float64{0.5, 7, 200, 5000} {
		synctest.Test(t, func(t *testing.T) {
			p := newPace(perSecond)
			began := time.Now()
			var times []time.Duration
			total := int(10*perSecond) + 1
			for range total {
				if err := errors.Join(p.take(t.Context()), p.connect(t.Context())); err != nil {
					t.Fatal(err)
				}
				times = append(times, time.Since(began))
			}
			took := times[total-1].Seconds()
			if took < 9.5 || took > 10.5 {
				t.Errorf("%g a second: %d took %gs, want 10", perSecond, total, took)
			}
			if n, bound := most(times, 2*time.Second), int(2*1.05*perSecond)+1; n > bound {
				t.Errorf("%g a second: %d within 2s, want %d at the most", perSecond, n, bound)
			}
		})
	}
}

// TestWhatANetworkHasHeldUpDoesNotComeAtOnce has all pings of two seconds answered
// in one moment.
func TestWhatANetworkHasHeldUpDoesNotComeAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const perSecond = 100
		p := newPace(perSecond)
		began := time.Now()
		times := make(chan time.Duration, 10*perSecond)
		for range 4 * perSecond {
			if err := p.take(t.Context()); err != nil {
				t.Fatal(err)
			}
			go func() {
				if now := time.Since(began); now < 2*time.Second {
					time.Sleep(2*time.Second - now)
				}
				if err := p.connect(t.Context()); err != nil {
					t.Error(err)
				}
				times <- time.Since(began)
			}()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		close(times)
		var all []time.Duration
		for at := range times {
			all = append(all, at)
		}
		if n := most(all, time.Second); len(all) != 4*perSecond || n > 1.05*perSecond {
			t.Errorf("%d of %d within a second", n, len(all))
		}
	})
}

func TestWhoNeedsNoConnectionMakesRoomForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1)
		began := time.Now()
		for range 10 {
			if err := p.take(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.unused()
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("10 that began no connection took %v", took)
		}
	})
}

func TestWhoWaitsForItsTurnEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(0.001)
		if err := errors.Join(p.take(t.Context()), p.connect(t.Context())); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.take(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("take: %v after %v", err, time.Since(began))
		}
		if err := p.connect(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("connect: %v", err)
		}
	})
}

func TestWithoutACeilingNobodyWaits(t *testing.T) {
	var none *pace
	none.unused()
	if p := newPace(0); p != nil || none.take(t.Context()) != nil || none.connect(t.Context()) != nil {
		t.Error("somebody waits")
	}
}

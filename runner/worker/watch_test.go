package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// master is one that a watch of ten seconds looks for, by the bubble's clock.
type master struct {
	*watch
	said *log
	// gone has it give no more signs; why is what the look for them comes to then.
	gone atomic.Bool
	why  func() error
	// jump is by how much the clock has gone on while the worker was stopped.
	jump atomic.Int64
	ends atomic.Int64 // how often it was lost
	err  error
}

func newMaster(t *testing.T) *master {
	t.Helper()
	m := &master{said: new(log), why: func() error { return nil }}
	began, last := time.Now(), ""
	look := func() ([]byte, error) {
		if m.gone.Load() {
			return []byte(last), m.why()
		}
		last = fmt.Sprint(time.Since(began))
		return []byte(last), nil
	}
	m.watch = newWatch(10*time.Second, look, m.said.add, func(err error) { m.err = err; m.ends.Add(1) })
	m.clock = func() time.Duration { return time.Since(began) + time.Duration(m.jump.Load()) }
	m.start()
	return m
}

// isNear tells whether something may be begun at once.
func (m *master) isNear(t *testing.T) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	waited, _ := m.near(ctx)
	return !waited
}

func TestAMasterThatGivesSignsIsNear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMaster(t)
		for range 100 {
			time.Sleep(3 * time.Second)
			if !m.isNear(t) {
				t.Fatal("it is not near")
			}
		}
		m.close()
		if m.ends.Load() > 0 || m.said.String() != "" {
			t.Errorf("lost %d times; %s", m.ends.Load(), m.said)
		}
	})
}

// TestAMasterWithoutSignsIsWaitedForAndThenLost has its signs stay the same,
// fail to be read, and hang.
func TestAMasterWithoutSignsIsWaitedForAndThenLost(t *testing.T) {
	for name, c := range map[string]struct {
		why  func(until <-chan struct{}) error
		text string
	}{
		"the same": {func(<-chan struct{}) error { return nil }, "no sign for 10s"},
		"fails":    {func(<-chan struct{}) error { return errors.New("no share") }, "no sign for 10s: no share"},
		"hangs":    {func(until <-chan struct{}) error { <-until; return nil }, "no sign for 10s: the share does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMaster(t)
				until := make(chan struct{})
				m.why = func() error { return c.why(until) }
				time.Sleep(time.Minute)
				m.gone.Store(true)
				time.Sleep(4 * time.Second)
				if !m.isNear(t) {
					t.Error("it was seen 4 s ago, and counts as gone")
				}
				time.Sleep(2 * time.Second)
				if m.isNear(t) {
					t.Error("it was seen 6 s ago, and something is begun")
				}
				time.Sleep(3 * time.Second)
				if m.ends.Load() > 0 {
					t.Errorf("lost already: %v", m.err)
				}
				time.Sleep(2 * time.Second)
				if m.ends.Load() != 1 || !errors.Is(m.err, errMasterLost) || !strings.Contains(m.err.Error(), c.text) {
					t.Errorf("lost %d times: %v", m.ends.Load(), m.err)
				}
				if said := m.said.String(); strings.Count(said, "nothing new is begun until it does") != 1 {
					t.Errorf("it said %q", said)
				}
				m.close()
				close(until)
			})
		})
	}
}

func TestAMasterThatIsSeenAgainIsNear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMaster(t)
		time.Sleep(time.Minute)
		m.gone.Store(true)
		time.Sleep(8 * time.Second)
		began := make(chan error, 1)
		go func() { _, err := m.near(t.Context()); began <- err }()
		synctest.Wait()
		if len(began) > 0 {
			t.Error("something is begun without it")
		}
		m.gone.Store(false)
		if err := <-began; err != nil || !m.isNear(t) {
			t.Errorf("it is not near: %v", err)
		}
		time.Sleep(time.Minute)
		if said := m.said.String(); m.ends.Load() > 0 || strings.Count(said, "gives signs again") != 1 {
			t.Errorf("lost %d times, and said %q", m.ends.Load(), said)
		}
		m.close()
	})
}

// TestASignThatIsOldIsNone is found first by a worker whose master died just
// after its start.
func TestASignThatIsOldIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMaster(t)
		m.gone.Store(true)
		time.Sleep(5*time.Second + 1)
		if m.isNear(t) {
			t.Error("it counts")
		}
		m.close()
	})
}

// TestAWorkerThatSleptLooksForItsMasterFirst is stopped for an hour, with its
// master alive, and with it gone.
func TestAWorkerThatSleptLooksForItsMasterFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMaster(t)
		time.Sleep(time.Minute + 100*time.Millisecond) // no look comes in the same moment
		m.jump.Add(int64(time.Hour))
		if m.isNear(t) {
			t.Error("something is begun before the master was seen")
		}
		time.Sleep(time.Minute)
		if m.ends.Load() > 0 || !m.isNear(t) {
			t.Errorf("lost: %v", m.err)
		}
		m.gone.Store(true)
		m.jump.Add(int64(time.Hour))
		time.Sleep(4 * time.Second)
		if m.ends.Load() != 1 {
			t.Errorf("lost %d times", m.ends.Load())
		}
		m.close()
	})
}

func TestWithoutALeaseNoMasterIsNeeded(t *testing.T) {
	w := newWatch(0, nil, nil, nil)
	w.start()
	if waited, err := w.near(t.Context()); waited || err != nil {
		t.Errorf("%v, %v", waited, err)
	}
	w.close()
	w.close()
}

// TestBothLeaseAndMasterAreNeeded has the chunk taken while the master is away.
func TestBothLeaseAndMasterAreNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMaster(t)
		var taken atomic.Bool
		l := leaseIn(t, func() error {
			if taken.Load() {
				return errTaken
			}
			return nil
		})
		l.master = m.watch
		l.start()
		if err := l.mayBegin(t.Context()); err != nil {
			t.Fatal(err)
		}
		m.gone.Store(true)
		time.Sleep(8 * time.Second)
		began := make(chan error, 1)
		go func() { began <- l.mayBegin(t.Context()) }()
		synctest.Wait()
		if len(began) > 0 {
			t.Error("the lease alone will do")
		}
		taken.Store(true)
		time.Sleep(1200 * time.Millisecond) // a renewal comes in between, and no look with it
		m.gone.Store(false)
		if err := <-began; !errors.Is(err, errTaken) {
			t.Errorf("got %v", err)
		}
		l.close(false)
		m.close()
	})
}

package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"scanmaster/runner/job"
)

const (
	// renewEvery is the longest time between two renewals; minRenewals is how
	// many there are in a lease at the least.
	renewEvery  = time.Second
	minRenewals = 8
	// renewalPatience is how long the end of a worker waits for a renewal that hangs.
	renewalPatience = 10 * time.Second
)

// errTaken tells that another one has the chunk now.
var errTaken = errors.New("the chunk was taken from this worker")

// lease is a worker's right to its chunk. It is renewed by a heartbeat in the
// chunk's folder, as long as that is the chunk's folder; whoever sees the
// heartbeat stand still for a whole lease may take the chunk. A worker that
// could not renew for half of it therefore begins nothing new. Where there is
// no lease, under a classic master, it is always held.
type lease struct {
	length time.Duration // 0 is none
	// renewal is one renewal; it may hang. clock goes on while this process,
	// or the whole host, sleeps.
	renewal func() error
	clock   func() time.Duration
	// lost is called once, when the chunk was taken.
	lost func(error)
	// master is whom the worker does nothing new without; nil is nobody.
	master *watch

	mu      sync.Mutex
	good    time.Duration // when the last renewal that succeeded was begun
	fault   error         // set when the chunk was taken
	changed chan struct{} // closed when a renewal has ended
	last    bool          // one more renewal is due before the end

	want, quit, ended chan struct{}
}

// newLease makes a lease that is not held before its first renewal. Its owner
// starts and closes it.
func newLease(length time.Duration, renewal func() error, lost func(error)) *lease {
	return &lease{
		length: length, renewal: renewal, clock: sinceBoot, lost: lost,
		good: never, changed: make(chan struct{}),
		want: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}),
	}
}

// never is before all times of the clock.
const never = time.Duration(-1 << 62)

func (l *lease) start() {
	if l.length == 0 {
		close(l.ended)
		return
	}
	go l.keep()
}

// keep renews until it is told to end, or the chunk is taken.
func (l *lease) keep() {
	defer close(l.ended)
	tick := time.NewTicker(min(renewEvery, l.length/minRenewals))
	defer tick.Stop()
	for l.renew() {
		select {
		case <-tick.C:
		case <-l.want:
		case <-l.quit:
			l.mu.Lock()
			last := l.last
			l.mu.Unlock()
			if last {
				l.renew()
			}
			return
		}
	}
}

// renew reports false where the chunk was taken.
func (l *lease) renew() bool {
	began := l.clock()
	err := l.renewal()
	taken := errors.Is(err, errTaken)
	if taken {
		l.lost(err) // before anybody who waits goes on
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case taken:
		l.fault = err
	case err == nil:
		l.good = began
	}
	close(l.changed)
	l.changed = make(chan struct{})
	return !taken
}

// mayBegin returns when something new may be begun: the lease is fresh, and so is
// the master's sign. The error is as of held.
func (l *lease) mayBegin(ctx context.Context) error {
	for {
		if err := l.held(ctx); err != nil || l.master == nil {
			return err
		}
		if waited, err := l.master.near(ctx); err != nil || !waited {
			return err
		}
	}
}

// held returns when the lease is fresh: at once, mostly. The error is why it
// never will be, or the cause of ctx's end.
func (l *lease) held(ctx context.Context) error { return l.await(ctx, never) }

// confirm is held after a renewal that was begun after the call.
func (l *lease) confirm(ctx context.Context) error { return l.await(ctx, l.clock()) }

// await waits for a renewal that was begun no earlier than the given time, and
// less than half a lease ago.
func (l *lease) await(ctx context.Context, after time.Duration) error {
	if l.length == 0 {
		return nil
	}
	for asked := false; ; {
		l.mu.Lock()
		good, fault, changed := l.good, l.fault, l.changed
		l.mu.Unlock()
		switch {
		case fault != nil:
			return fault
		case good >= after && l.clock()-good < l.length/2:
			return nil
		case !asked: // and then the ticks will do, lest a failure be repeated without end
			asked = true
			select {
			case l.want <- struct{}{}:
			default:
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// still looks a last time, after close.
func (l *lease) still(check func() error) error {
	if l.length == 0 {
		return nil
	}
	if err := check(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault == nil && l.clock()-l.good >= l.length/2 {
		return errors.New("the heartbeat could not be renewed at the end: the chunk may be another worker's by now; start this one again")
	}
	return l.fault
}

// close ends the renewals, with one more where last says so. A renewal that
// hangs is left behind after a while.
func (l *lease) close(last bool) {
	l.mu.Lock()
	l.last = last
	l.mu.Unlock()
	close(l.quit)
	late := time.NewTimer(renewalPatience)
	defer late.Stop()
	select {
	case <-l.ended:
	case <-late.C:
	}
}

// leaseLength is how long the worker's heartbeat may stand still; 0 under a
// classic master, which looks at none.
func (c Config) leaseLength() time.Duration {
	if c.Job == nil {
		return 0
	}
	return c.Job.Lease
}

// reports tells that scripts must never run twice.
func (c Config) reports() bool { return c.Job != nil && c.Job.OnUnknown == job.Report }

// taken is the error of a worker whose folder isn't the chunk's any more.
func (s *shared) taken() error {
	return fmt.Errorf("%w: %s isn't the folder any more that it works in", errTaken, s.prefix.Path(s.folder))
}

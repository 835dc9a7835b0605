// Package lock says who owns a folder on a shared file system: one owner at a
// time, on any host.
//
// The lock is a row of files, .lock.1, .lock.2 and so on, of which the highest
// counts. Whoever finds it released, or its owner dead, makes the next one
// with O_EXCL, so that of many exactly one takes it, and then fills it by
// rename. An owner that was only thought dead sees the higher file at its next
// heartbeat and knows that it has lost. flock(2) isn't used: not every share
// carries it from host to host.
package lock

import (
	"context"
	"fmt"
	"sync"
	"time"

	"scanmaster/runner/share"
)

// defaultLease is the lease where none is given.
const defaultLease = 2 * time.Minute

// Config is what taking a lock needs.
type Config struct {
	// Dir is the folder that is owned. It stays the caller's, and must stay
	// open until the lock is released.
	Dir *share.Dir
	// Self is who takes the lock; see the function Self.
	Self Owner
	// Lease is how long a heartbeat may stand still before an owner that
	// can't be asked is taken for dead; 0 means two minutes. All who share
	// the folder should have the same.
	Lease time.Duration
	// Alive tells whether an owner lives, where that can be known at once;
	// nil means by the process, on the owner's own host.
	Alive func(Owner) (alive, known bool)
	// Waiting hears that the owner can't be asked, so that its heartbeat is
	// watched, and for how long at the most. Nil hears nothing.
	Waiting func(owner Owner, atMost time.Duration)
}

// Lock is a lock that was taken. Whoever took it releases it.
type Lock struct {
	files  files
	number uint64 // the generation that is ours
	self   Owner
	who    Owner // self without its heartbeat, which goes on
	lease  time.Duration
	dead   *Owner

	stop  context.CancelFunc
	ended chan struct{} // closed when nothing is written any more
	lost  chan struct{}
	err   error // why it was lost; set before lost is closed

	release sync.Once
	failed  error // what Release gives
}

// Take takes the lock. The error is a *HeldError where a living owner holds
// it. Where the owner can't be asked, because it is on another host or its
// name can't be read, Take watches the heartbeat for up to the lease. It
// returns ctx.Err() when ctx ends, even where the file system hangs.
func Take(ctx context.Context, c Config) (*Lock, error) {
	if c.Lease <= 0 {
		c.Lease = defaultLease
	}
	if c.Alive == nil {
		c.Alive = c.Self.sees
	}
	if c.Waiting == nil {
		c.Waiting = func(Owner, time.Duration) {}
	}
	type result struct {
		lock *Lock
		err  error
	}
	results := make(chan result, 1)
	go func() {
		lock, err := (&taker{Config: c, files: files{c.Dir}}).take(ctx)
		results <- result{lock, err}
	}()
	select {
	case r := <-results:
		return r.lock, r.err
	case <-ctx.Done():
	}
	go func() { // it ends when the file system answers
		if r := <-results; r.lock != nil {
			_ = r.lock.Release() // nobody is left to be told
		}
	}()
	return nil, ctx.Err()
}

// TookOver gives the dead owner whose lock was taken, or nil where the lock
// was free. Where the dead owner's name couldn't be read, it is a zero Owner.
func (l *Lock) TookOver() *Owner { return l.dead }

// Mine looks whether the lock is still held. The error is ErrTaken where another
// owner has it, and else that it can't be found out. Who was stopped for longer than its lease finds out by it
// before the next heartbeat is due.
func (l *Lock) Mine() error {
	top, err := l.files.top()
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	now := top.content.Owner
	same := now.Since.Equal(l.who.Since) && now.Host == l.who.Host && now.PID == l.who.PID && now.Start == l.who.Start
	if !same || top.content.Released {
		return fmt.Errorf("%w by %s", ErrTaken, top.content.Owner)
	}
	return nil
}

// Lost is closed when the lock isn't held any more although it wasn't
// released: another owner has taken it, or the heartbeat could not be written
// for a whole lease, so that another one may.
func (l *Lock) Lost() <-chan struct{} { return l.lost }

// Err says why the lock was lost; nil while Lost isn't closed.
func (l *Lock) Err() error {
	select {
	case <-l.lost:
		return l.err
	default:
		return nil
	}
}

package lock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

const (
	// beats is how often in a lease the heartbeat is written.
	beats = 4
	// answer is how long Release waits for the file system.
	answer = 10 * time.Second
)

// ErrTaken tells that another owner has the lock now.
var ErrTaken = errors.New("the lock was taken over")

var errSilent = errors.New("the file system does not answer")

// start begins the heartbeat of a lock that was filled at began, or later.
func (l *Lock) start(began time.Time) {
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	k := &keeper{lock: l, renew: l.renew, good: began, renewed: make(chan error)}
	go k.keep(ctx)
}

// keeper writes a lock's heartbeat. Each write has a goroutine of its own, one
// at a time, since it may hang.
type keeper struct {
	lock    *Lock
	renew   func(c content, lapsed bool) error
	end     *time.Timer // the end of the lease
	good    time.Time   // when the last write that succeeded was begun
	began   time.Time   // when the write that is under way was begun
	busy    bool        // a write is under way
	renewed chan error  // how it went
	last    error       // why the lease wasn't renewed since good; nil where it wasn't tried
}

// keep ends when it is stopped or the lock is lost, and nothing is being
// written any more.
func (k *keeper) keep(ctx context.Context) {
	defer close(k.lock.ended)
	tick := time.NewTicker(k.lock.lease / beats)
	defer tick.Stop()
	k.end = time.NewTimer(k.lock.lease - time.Since(k.good))
	defer k.end.Stop()
	var err error
	for err == nil {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-tick.C:
			if !k.busy {
				err = k.beat()
			}
		case <-k.end.C:
			if k.busy {
				k.last = errSilent
				err = k.failed()
			} else {
				err = k.beat()
			}
		case k.last = <-k.renewed:
			err = k.done()
		}
	}
	if ctx.Err() == nil {
		k.lock.err = err
		close(k.lock.lost)
	}
	if k.busy {
		k.last = <-k.renewed // too late to count
	}
}

// beat begins a write. The error tells that it is too late for one. Where the
// lease is over and nothing was tried, this process was stopped meanwhile, and
// may find out whether that was noticed.
func (k *keeper) beat() error {
	lapsed := time.Since(k.good) >= k.lock.lease
	if lapsed && k.last != nil {
		return k.failed()
	}
	if lapsed {
		k.end.Reset(k.lock.lease)
	}
	k.busy, k.began = true, time.Now()
	k.lock.self.Beat++
	c := content{Owner: k.lock.self}
	go func() { k.renewed <- k.renew(c, lapsed) }()
	return nil
}

// done takes note of how a write went.
func (k *keeper) done() error {
	k.busy = false
	if errors.Is(k.last, ErrTaken) {
		return k.last
	}
	if k.last == nil {
		k.good = k.began
		k.end.Reset(k.lock.lease - time.Since(k.good))
	}
	return nil
}

func (k *keeper) failed() error {
	return fmt.Errorf("the heartbeat could not be written for %v: %w", k.lock.lease, k.last)
}

// renew writes the heartbeat, unless another owner has come. A lease that has
// lapsed isn't renewed but taken again, so that of this owner and whoever took
// it for dead only one can have it.
func (l *Lock) renew(c content, lapsed bool) error {
	top, err := l.files.top()
	if err != nil {
		return err
	}
	if top.number > l.number {
		return fmt.Errorf("%w by %s", ErrTaken, top.content.Owner)
	}
	if !lapsed {
		return l.files.publish(l.number, c)
	}
	won, err := l.files.claim(l.number+1, c)
	if err == nil && !won {
		err = ErrTaken
	}
	if won {
		l.number++
	}
	return err
}

// Release gives the lock back and ends its heartbeat. Where another owner has
// taken the lock, or the folder was removed, there is nothing to give back, and
// that of a lock that was lost before is only tried. It waits a few seconds at
// the most; where the file system doesn't answer the lock stays as it is, and is
// this process's until it ends.
func (l *Lock) Release() error {
	l.release.Do(func() {
		l.stop()
		released := make(chan error, 1)
		go func() {
			<-l.ended
			err := l.renew(content{Owner: l.self, Released: true}, false)
			if l.Err() != nil || errors.Is(err, ErrTaken) || errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
			released <- err
		}()
		select {
		case err := <-released:
			if err != nil {
				l.failed = fmt.Errorf("release the lock: %w", err)
			}
		case <-time.After(answer):
			l.failed = fmt.Errorf("release the lock: %w: not within %v", errSilent, answer)
		}
	})
	return l.failed
}

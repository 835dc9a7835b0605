package lock

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// beats is how often in a lease the heartbeat is written.
	beats = 4
	// answer is how long Release waits for the file system.
	answer = 10 * time.Second
)

// errTaken ends the heartbeat: there is a higher generation.
var errTaken = errors.New("the lock was taken over")

// start begins the heartbeat of a lock that was filled at began, or later.
func (l *Lock) start(began time.Time) {
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	go l.keep(ctx, began)
}

// keep writes the heartbeat until it is stopped or the lock is lost. Each
// write has a goroutine of its own, one at a time, since it may hang.
func (l *Lock) keep(ctx context.Context, began time.Time) {
	defer close(l.ended)
	tick := time.NewTicker(l.lease / beats)
	defer tick.Stop()
	end := time.NewTimer(l.lease - time.Since(began))
	defer end.Stop()
	renewed := make(chan error)
	busy := false
	defer func() {
		if busy {
			<-renewed
		}
	}()
	var last error
	for {
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			l.lose(fmt.Errorf("the heartbeat could not be written for %v: %w", l.lease, last))
			return
		case <-tick.C:
			if busy {
				continue
			}
			busy, began, last = true, time.Now(), errors.New("the file system does not answer")
			l.self.Beat++
			go func(c content) { renewed <- l.renew(c) }(content{Owner: l.self})
		case last = <-renewed:
			busy = false
			if errors.Is(last, errTaken) {
				l.lose(last)
				return
			}
			if last == nil {
				end.Reset(l.lease - time.Since(began))
			}
		}
	}
}

func (l *Lock) lose(err error) {
	l.err = err
	close(l.lost)
}

// renew writes the heartbeat, unless another owner has come.
func (l *Lock) renew(c content) error {
	top, err := l.files.top()
	if err != nil {
		return err
	}
	if top.number > l.gen {
		return fmt.Errorf("%w by %s", errTaken, top.content.Owner)
	}
	return l.files.publish(l.gen, c)
}

// Release gives the lock back and ends its heartbeat. Where another owner has
// taken the lock there is nothing to give back. It waits a few seconds at the
// most; where the file system doesn't answer the lock stays as it is, and is
// this process's until it ends.
func (l *Lock) Release() error {
	l.release.Do(func() {
		l.stop()
		released := make(chan error, 1)
		go func() {
			<-l.ended
			err := l.renew(content{Owner: l.self, Released: true})
			if errors.Is(err, errTaken) {
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
			l.failed = fmt.Errorf("release the lock: no answer of the file system within %v", answer)
		}
	})
	return l.failed
}

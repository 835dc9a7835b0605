package lock

import (
	"context"
	"fmt"
	"time"
)

// looks is how often in a lease a heartbeat is looked at. It is more than the
// beats in a lease, so that a living owner is soon known.
const looks = 16

// firstPause is the time to the second look; it doubles from look to look.
// Who has just lost a race soon sees the winner's name.
const firstPause = 10 * time.Millisecond

// taker is one attempt to take a lock.
type taker struct {
	Config
	files files

	// What is watched because its owner can't be asked, and since when.
	watched generation
	since   time.Time
}

func (t *taker) take(ctx context.Context) (*Lock, error) {
	for pause := firstPause; ; pause = min(2*pause, t.Lease/looks) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		top, err := t.files.top()
		if err != nil {
			return nil, fmt.Errorf("lock: %w", err)
		}
		free, err := t.free(top)
		if err != nil {
			return nil, err
		}
		if free {
			lock, err := t.claim(top)
			if lock != nil || err != nil {
				return lock, err
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// free tells whether the lock can be taken: there is none, or it was
// released, or its owner is dead. Where only the heartbeat can tell, it says
// no until the lease is over. The error is a *HeldError where the owner lives.
func (t *taker) free(top generation) (bool, error) {
	if top.number == 0 || top.content.Released {
		return true, nil
	}
	owner := top.content.Owner
	if alive, known := t.Alive(owner); known {
		if alive {
			return false, &HeldError{Owner: owner, Why: "its process is there"}
		}
		return true, nil
	}
	switch {
	case t.watched.number != top.number:
		t.watched, t.since = top, time.Now()
		t.Waiting(owner, t.Lease)
		return false, nil
	case t.watched.raw != top.raw:
		return false, &HeldError{Owner: owner, Why: "its heartbeat goes on"}
	default:
		return time.Since(t.since) >= t.Lease, nil
	}
}

// claim takes the next generation. Both results are nil where somebody else
// was faster.
func (t *taker) claim(top generation) (*Lock, error) {
	began := time.Now()
	if top.number >= maxNumber {
		return nil, fmt.Errorf("lock: %s is none of ours; remove it", t.files.dir.Path(fileName(top.number)))
	}
	number := top.number + 1
	won, err := t.files.claim(number, content{Owner: t.Self})
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if !won {
		return nil, nil
	}
	l := &Lock{
		files: t.files, number: number, self: t.Self, who: t.Self, lease: t.Lease,
		ended: make(chan struct{}), lost: make(chan struct{}),
	}
	if top.number != 0 && !top.content.Released {
		l.dead = &top.content.Owner
	}
	l.start(began)
	return l, nil
}

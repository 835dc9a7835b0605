package worker

import (
	"container/heap"
	"time"
)

// A target that is to be tried needs a place among the handshakes with its address
// first, and then one in its subnet. It has the former until it is logged in to, and
// the latter until it is out of hand. Who waits in its subnet may have a place at
// its address: those that it keeps out there are of the same subnet.

// admit gives a target its places, or has it wait where it must. The lock is held.
func (q *queue) admit(t *trial, now time.Time) bool {
	until, may := q.addresses.enter(t, now)
	if until.After(now) {
		t.due = until
		heap.Push(&q.waiting, *t)
	}
	return may && q.subnets.enter(*t)
}

// found tells at which address a target in hand is that has a name alone. It reports
// false where the target has to wait: then it is out of hand, and comes on by
// itself.
func (q *queue) found(t *trial) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.admit(t, time.Now()) {
		return true
	}
	q.inHand--
	q.wake() // it may wait for a time
	return false
}

// shaken tells that the handshake with a target is over, and whether it was logged
// in to.
func (q *queue) shaken(t *trial, in bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if in {
		q.addresses.grow(t)
	}
	q.knocked(t, time.Now())
	q.wake()
}

// dropped tells that a target was dropped before its banner, and how long its
// address is to be left alone.
func (q *queue) dropped(t *trial, pause time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !t.at.IsValid() {
		return // nobody knows what dropped it
	}
	until, waited := q.addresses.cut(t, time.Now(), pause)
	for _, other := range waited {
		other.due = until
		heap.Push(&q.waiting, other)
	}
}

// spares tells that there are addresses that have dropped connections.
func (q *queue) spares() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.addresses.spared > 0
}

// leave gives back the places that a target has. The lock is held.
func (q *queue) leave(t *trial) {
	q.knocked(t, time.Now())
	if next, comes := q.subnets.leave(*t); comes {
		q.ready = append(q.ready, next)
	}
}

// knocked gives back its place among the handshakes. The lock is held.
func (q *queue) knocked(t *trial, now time.Time) {
	for _, next := range q.addresses.leave(t, now) {
		if q.subnets.enter(next) {
			q.ready = append(q.ready, next)
		}
	}
}

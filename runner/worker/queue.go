package worker

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"time"

	"scanmaster/runner/chunk"
)

// maxWaiting is how many targets may wait, for another try or for a place in their
// subnet, before no new one is taken in hand; those that are in hand then may still come on top. A line of
// a list is 4 KiB at the most, so that this is no more than 16 MiB.
const maxWaiting = 4096

// trial is one try at a target.
type trial struct {
	target chunk.Target
	bad    error          // why the line names none
	at     netip.AddrPort // what is connected to; invalid where it isn't known, or need not be
	began  time.Time      // when it was first taken in hand; zero before
	tries  int            // how many there were before
	due    time.Time      // not before then
	// dropped tells that the last try was, before the banner, and alone that the
	// next one is the last. knocks tells that it has a place among the handshakes
	// with its address, and lone that it has the address alone there, whatever the
	// next try is to be.
	dropped, alone, knocks, lone bool
}

// list gives one target after the other, as chunk.Reader does.
type list interface {
	Next() (chunk.Target, error)
}

// queue says which target is next: one that waited for its address or subnet and
// has its place, one that waited for another try and whose time has come, or else the next
// of the list. Who waits holds no slot.
type queue struct {
	list list
	most int // that may wait
	// address is that of a target where its line says it; nil where nobody knows.
	address func(chunk.Target) netip.AddrPort

	// changed holds one while something is yet to be looked at.
	changed chan struct{}

	mu      sync.Mutex
	ended   bool // the list is
	inHand  int  // those that may still come back
	waiting byDue
	// ready are those that waited aside, for their address or their subnet, and have
	// their places.
	ready     []trial
	subnets   *subnets
	addresses *addresses
}

func newQueue(list list, most int) *queue {
	return &queue{list: list, most: most, changed: make(chan struct{}, 1), addresses: newAddresses()}
}

// next waits for a target to try. The error is io.EOF when all have their
// outcome, that of the list, or that of ctx. Whoever gets one hands it back by
// done or again. It is called by one goroutine at a time.
func (q *queue) next(ctx context.Context) (trial, error) {
	for {
		t, wait, err := q.pick(time.Now())
		if err != nil || wait == 0 {
			return t, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-q.changed:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return trial{}, ctx.Err()
		}
	}
}

// untilChanged is a wait that only a change ends.
const untilChanged = time.Duration(1<<63 - 1)

// pick gives a target or, where there is none now, how long to wait for one.
func (q *queue) pick(now time.Time) (t trial, wait time.Duration, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for found := true; found && len(q.ready) == 0; {
		if t, found, err = q.come(now); err != nil {
			return trial{}, 0, err
		}
		if found && q.admit(&t, now) {
			q.ready = append(q.ready, t)
		}
	}
	switch {
	case len(q.ready) > 0:
		t, q.ready[0] = q.ready[0], trial{} // which its line would be held by
		q.ready = q.ready[1:]
		q.inHand++
		return t, 0, nil
	case len(q.waiting) > 0:
		return trial{}, q.waiting[0].due.Sub(now), nil
	case q.inHand > 0:
		return trial{}, untilChanged, nil
	}
	if lost := q.subnets.aside() + q.addresses.aside(); lost > 0 { // never silently
		return trial{}, 0, fmt.Errorf("%d targets wait for a place that nobody holds", lost)
	}
	return trial{}, 0, io.EOF
}

// come gives the target whose turn it is, wherever it belongs: one whose time has
// come, or the next of the list.
func (q *queue) come(now time.Time) (t trial, found bool, err error) {
	if len(q.waiting) > 0 && !q.waiting[0].due.After(now) {
		return heap.Pop(&q.waiting).(trial), true, nil
	}
	if q.ended || len(q.waiting)+q.subnets.aside()+q.addresses.aside() >= q.most {
		return trial{}, false, nil
	}
	t.target, err = q.list.Next()
	switch {
	case errors.Is(err, io.EOF):
		q.ended = true
		return trial{}, false, nil
	case err != nil && !chunk.IsLineError(err):
		return trial{}, false, fmt.Errorf("chunk: %w", err)
	case err == nil && q.address != nil:
		t.at = q.address(t.target)
	}
	t.bad = err
	return t, true, nil
}

// done hands a target back that is not to be tried again.
func (q *queue) done(t trial) { q.back(t, false) }

// again hands a target back that is to be tried again after a pause.
func (q *queue) again(t trial, pause time.Duration) {
	t.due = time.Now().Add(pause)
	q.back(t, true)
}

func (q *queue) back(t trial, waits bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inHand--
	q.leave(&t)
	if waits {
		heap.Push(&q.waiting, t)
	}
	q.wake()
}

// wake has whoever waits for a target look again.
func (q *queue) wake() {
	select {
	case q.changed <- struct{}{}:
	default:
	}
}

// byDue is a heap of those that wait, the first to come on top.
type byDue []trial

func (b byDue) Len() int           { return len(b) }
func (b byDue) Less(i, j int) bool { return b[i].due.Before(b[j].due) }
func (b byDue) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

// Push implements heap.Interface.
func (b *byDue) Push(t any) { *b = append(*b, t.(trial)) }

// Pop implements heap.Interface.
func (b *byDue) Pop() any {
	last := len(*b) - 1
	t := (*b)[last]
	(*b)[last] = trial{} // which its line would be held by
	*b = (*b)[:last]
	return t
}

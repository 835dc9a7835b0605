package worker

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"scanmaster/runner/chunk"
)

// maxWaiting is how many targets may wait for another try before no new one is
// taken in hand; those that are in hand then may still come on top. A line of
// a list is 4 KiB at the most, so that this is no more than 16 MiB.
const maxWaiting = 4096

// trial is one try at a target.
type trial struct {
	target chunk.Target
	bad    error     // why the line names none
	began  time.Time // when it was first taken in hand
	tries  int       // how many there were before
	due    time.Time // not before then
}

// list gives one target after the other, as chunk.Reader does.
type list interface {
	Next() (chunk.Target, error)
}

// queue says which target is next: one that waited for another try and whose
// time has come, or else the next of the list. Who waits holds no slot.
type queue struct {
	list list
	most int // that may wait

	// changed holds one while something is yet to be looked at.
	changed chan struct{}

	mu      sync.Mutex
	ended   bool // the list is
	inHand  int  // those that may still come back
	waiting byDue
}

func newQueue(list list, most int) *queue {
	return &queue{list: list, most: most, changed: make(chan struct{}, 1)}
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
	if len(q.waiting) > 0 && !q.waiting[0].due.After(now) {
		q.inHand++
		return heap.Pop(&q.waiting).(trial), 0, nil
	}
	if !q.ended && len(q.waiting) < q.most {
		t.target, err = q.list.Next()
		switch {
		case errors.Is(err, io.EOF):
			q.ended = true
		case err != nil && !isBadLine(err):
			return trial{}, 0, fmt.Errorf("chunk: %w", err)
		default:
			t.bad = err
			q.inHand++
			return t, 0, nil
		}
	}
	switch {
	case len(q.waiting) > 0:
		return trial{}, q.waiting[0].due.Sub(now), nil
	case q.inHand > 0:
		return trial{}, untilChanged, nil
	}
	return trial{}, 0, io.EOF
}

// done hands a target back that is not to be tried again.
func (q *queue) done() { q.back(nil) }

// again hands a target back that is to be tried again after a pause.
func (q *queue) again(t trial, pause time.Duration) {
	t.due = time.Now().Add(pause)
	q.back(&t)
}

func (q *queue) back(t *trial) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inHand--
	if t != nil {
		heap.Push(&q.waiting, *t)
	}
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

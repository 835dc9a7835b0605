package runner

import (
	"context"
	"fmt"
	"time"
)

// tend waits for the end of a chunk's worker in the background, if it has one,
// and tells the loop.
func (w *waiter) tend(ctx context.Context, c *chunkRun) {
	if c.post == nil || c.done {
		return
	}
	watched := started{c, c.post}
	w.asking.Go(func() {
		reason, over := w.awaitEnd(ctx, watched)
		if !over {
			return
		}
		// Its .done file, where it has one, was there before. The loop mustn't
		// hang in the share.
		done, ok := w.run.lookForDone(watched.chunk.name)
		select {
		case w.gone <- gone{started: watched, reason: reason, cancelled: w.run.cancelled(), done: done, isDone: ok}:
		case <-ctx.Done():
		}
	})
}

// awaitEnd returns when a worker has ended: at once where that is known, and
// else when it is found out. A worker whose heartbeat stands still for a lease,
// by this host's clock, is asked after; one that has two leases to beat and
// doesn't, is ended. It gives the reason why it was given up, empty where it
// ended by itself, and whether it is over at all: not where ctx has ended.
func (w *waiter) awaitEnd(ctx context.Context, s started) (reason string, over bool) {
	tick := time.NewTicker(w.run.plan.Lease)
	defer tick.Stop()
	last, still := int64(-1), 0
	for {
		select {
		case <-ctx.Done():
			return "", false
		case <-s.post.gone():
			return "", true
		case <-tick.C:
		}
		beat, ok := w.run.beat(ctx, s.chunk.name)
		switch {
		case !ok: // the share does not answer, and so says nothing of anybody
			last, still = -1, 0
			continue
		case beat != last:
			last, still = beat, 0
			continue
		}
		still++
		alive, err := s.post.alive(ctx)
		switch {
		case ctx.Err() != nil:
			return "", false
		case err != nil:
			w.run.report(Warning{Text: fmt.Sprintf("%s has given no sign for %v, and can't be asked: %v",
				s.post.name(), time.Duration(still)*w.run.plan.Lease, err)})
		case !alive:
			return "", true
		case still > 1:
			s.post.end(false)
			return fmt.Sprintf("it had given no sign for %v and was ended", time.Duration(still)*w.run.plan.Lease), true
		}
	}
}

// beat reads a worker's heartbeat; 0 where there is none yet. It gives up where
// the share hangs.
func (r *run) beat(ctx context.Context, chunk string) (beat int64, ok bool) {
	read := make(chan int64, 1)
	go func() {
		folders, err := r.folders()
		if err != nil {
			return
		}
		mark, _ := r.progressMark(folders[chunk])
		read <- mark.Beat
	}()
	late := time.NewTimer(r.plan.Lease)
	defer late.Stop()
	select {
	case beat = <-read:
		return beat, true
	case <-late.C:
	case <-ctx.Done():
	}
	return 0, false
}

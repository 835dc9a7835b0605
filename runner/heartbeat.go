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
		g := gone{started: watched}
		var over bool
		if g.reason, g.fenced, over = w.awaitEnd(ctx, watched); !over {
			return
		}
		if p, ok := watched.post.(*apart); ok {
			p.stop() // lest it bring what another one does
		}
		// Its .done file, where it has one, was there before. The loop mustn't
		// hang in the share. Of one that has come to its end the word is enough:
		// a hook may have changed the record since, and another worker would do
		// all again for nothing. What counts is found out at the end.
		g.done, g.isDone = w.run.lookForDone(watched.chunk.name, g.reason != "" || failed(watched.post))
		g.cancelled = w.run.cancelled()
		select {
		case w.gone <- g:
		case <-ctx.Done():
		}
	})
}

// failed tells of a worker that is gone that it is known to have failed.
func failed(p post) bool {
	local, ok := p.(*process)
	return ok && local.err != nil
}

// looksPerSilence is how often a worker is asked after in a lease in which its
// heartbeat stands still.
const looksPerSilence = 4

// awaitEnd returns when a worker has ended: at once where that is known, and
// else when it is found out: a worker whose heartbeat stands still, by this
// host's clock, is asked after. From one that can't be asked for a lease the
// chunk is taken, and one that has two leases to beat and doesn't, is ended. It
// gives the reason why it was given up, empty where it ended by itself, and
// whether it is over at all: not where ctx has ended.
func (w *waiter) awaitEnd(ctx context.Context, s started) (reason string, fenced, over bool) {
	every := w.run.plan.Lease / looksPerSilence
	tick := time.NewTicker(every)
	defer tick.Stop()
	last, still := int64(-1), 0
	for {
		select {
		case <-ctx.Done():
			return "", false, false
		case <-s.post.gone():
			return "", false, true
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
		if w.run.mine() != nil {
			continue // the loop is told of it by others
		}
		silence := time.Duration(still) * every
		alive, err := s.post.alive(ctx)
		switch {
		case ctx.Err() != nil:
			return "", false, false
		case err != nil && still < looksPerSilence:
		case err != nil:
			reason := fmt.Sprintf("it has given no sign for %v, and can't be asked: %v", silence, err)
			if w.mayFence(ctx, s, reason) {
				return reason, true, true
			}
		case !alive:
			return "", false, true
		case still >= 2*looksPerSilence:
			reason := fmt.Sprintf("it had given no sign for %v and was ended", silence)
			if err := s.post.end(false); err == nil {
				return reason, false, true
			}
			if w.mayFence(ctx, s, reason) {
				return reason, true, true
			}
		}
	}
}

// mayFence takes the chunk of a worker that can't be asked. What a classic one
// would do then isn't known: it is waited for.
func (w *waiter) mayFence(ctx context.Context, s started, reason string) bool {
	if !s.chunk.classic.Load() {
		err := w.run.takeFrom(ctx, s)
		if err == nil {
			return true
		}
		reason += fmt.Sprintf("; its chunk can't be taken: %v", err)
	}
	if ctx.Err() == nil {
		w.run.report(Warning{Text: s.post.name() + ": " + reason})
	}
	return false
}

// takeFrom takes a chunk from a worker that can't be asked.
func (r *run) takeFrom(ctx context.Context, s started) error {
	if isApart(s.post) {
		return r.abandon(ctx, s.post)
	}
	return r.fence(ctx, s.chunk.name)
}

// beat reads a worker's heartbeat; 0 where there is none yet. It gives up where
// the share hangs.
func (r *run) beat(ctx context.Context, chunk string) (beat int64, ok bool) {
	read := make(chan int64, 1)
	go func() {
		marks, err := r.marks([]string{chunk})
		if err == nil {
			read <- marks[chunk].Beat
		}
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

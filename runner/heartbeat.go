package runner

import (
	"context"
	"time"
)

// askAfter gives a channel that is closed when a worker that nobody waits for
// has ended. Each lease its heartbeat is looked at, by this host's clock; where
// it has stood still the worker's host is asked, and asked again until there
// is an answer: a host that can't be reached may still work.
func (w *waiter) askAfter(ctx context.Context, c *chunkRun) <-chan struct{} {
	gone := make(chan struct{})
	w.asking.Go(func() {
		tick := time.NewTicker(w.run.plan.Lease)
		defer tick.Stop()
		last := int64(-1)
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			beat := w.run.beat(c)
			if beat != last {
				last = beat
				continue
			}
			if alive, err := c.post.alive(ctx, w.run, c); err == nil && !alive {
				close(gone)
				return
			}
		}
	})
	return gone
}

// beat reads a worker's heartbeat; 0 where there is none yet.
func (r *run) beat(c *chunkRun) int64 {
	folders, err := r.folders()
	if err != nil {
		return 0
	}
	mark, _ := r.progressMark(folders[c.name])
	return mark.Beat
}

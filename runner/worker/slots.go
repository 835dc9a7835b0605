package worker

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// patience is how long a target may hold a slot without a banner. The live
// answer within it, so that none of them waits with an open connection.
const patience = 250 * time.Millisecond

// perJob is how many targets may be before their banner, for each job.
const perJob = 4

// slots bound how many targets are in hand. The mute don't hold back the live:
// a target that shows no banner for a while gives its slot back, and takes one
// again should the banner come.
type slots struct {
	// jobs bounds those that work, silent those before their banner.
	jobs, silent *semaphore.Weighted
	// size is how many there are now. Those that there may be later are held back
	// by whoever lets them grow.
	size size
}

// size is how many may work, and be before their banner.
type size struct{ working, silent int }

// newSlots makes so many, which stay so many.
func newSlots(jobs, silent int) *slots {
	now := size{jobs, silent}
	return newGrowing(now, now)
}

// newGrowing makes so many that may become more.
func newGrowing(now, most size) *slots {
	s := &slots{jobs: semaphore.NewWeighted(int64(most.working)), silent: semaphore.NewWeighted(int64(most.silent)), size: now}
	s.jobs.TryAcquire(int64(most.working - now.working)) // nobody has any yet
	s.silent.TryAcquire(int64(most.silent - now.silent))
	return s
}

// resize lets more work. Where that leaves fewer open files for those before their
// banner, so many of these places must be free; it reports false where they
// aren't. It is called by one goroutine at a time.
func (s *slots) resize(next size) bool {
	if fewer := s.size.silent - next.silent; fewer > 0 {
		if !s.silent.TryAcquire(int64(fewer)) {
			return false
		}
	} else {
		s.silent.Release(int64(-fewer))
	}
	s.jobs.Release(int64(next.working - s.size.working))
	s.size = next
	return true
}

// taken tells that nobody gets a place now.
func (s *slots) taken() bool {
	for _, places := range []*semaphore.Weighted{s.silent, s.jobs} {
		if !places.TryAcquire(1) {
			return true
		}
		places.Release(1)
	}
	return false
}

// reserve is how many files may be open that are no target's: a file a class of
// results, and what else is open.
const reserve = 320

// bounds gives the two bounds under a limit of open files. Each target has a
// connection, and may have a spooled output.
func bounds(jobs int, openFiles uint64) (working, silent int) {
	room := 1
	if openFiles > reserve {
		room = int(min(openFiles-reserve, 1<<20))
	}
	working = max(1, min(jobs, room/3))
	return working, max(1, min(perJob*jobs, room-2*working))
}

// slot is one target's place among those in hand.
type slot struct {
	of *slots

	mu      sync.Mutex
	working bool
	silent  bool
	timer   *time.Timer
}

// take waits for a place. The error is that of ctx.
func (s *slots) take(ctx context.Context) (*slot, error) {
	if err := s.silent.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	if err := s.jobs.Acquire(ctx, 1); err != nil {
		s.silent.Release(1)
		return nil, err
	}
	p := &slot{of: s, working: true, silent: true}
	p.timer = time.AfterFunc(patience, p.park)
	return p, nil
}

// park gives the place among the working back.
func (p *slot) park() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent && p.working {
		p.working = false
		p.of.jobs.Release(1)
	}
}

// heard is called when the banner is there; it waits for a place among the
// working where the target has none any more. The error is that of ctx.
func (p *slot) heard(ctx context.Context) error {
	p.timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.working {
		if err := p.of.jobs.Acquire(ctx, 1); err != nil {
			return err
		}
		p.working = true
	}
	p.silent = false
	p.of.silent.Release(1)
	return nil
}

// free gives back whatever the target holds.
func (p *slot) free() {
	p.timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.working {
		p.working = false
		p.of.jobs.Release(1)
	}
	if p.silent {
		p.silent = false
		p.of.silent.Release(1)
	}
}

package worker

import (
	"time"

	"golang.org/x/sys/unix"
)

const (
	// growEvery is the time between two looks whether there may be more.
	growEvery = time.Second
	// maxBusy is the part of its CPUs above which a worker takes no more.
	maxBusy = 0.7
)

// grower lets a worker have more targets in hand, half as many again each time,
// while all places are taken and its CPUs have time left.
type grower struct {
	slots *slots
	size  func(jobs int) size // of so many, under the limit of open files
	most  int
	cpus  int
	// spent is how much CPU time this process has used.
	spent func() time.Duration
	log   func(format string, args ...any)
	sized func(jobs int)
}

// start looks each second until stop is called, which waits for the last look. A
// nil one does nothing.
func (g *grower) start() (stop func()) {
	if g == nil {
		return func() {}
	}
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		g.keep(quit)
	}()
	return func() {
		close(quit)
		<-ended
	}
}

func (g *grower) keep(quit <-chan struct{}) {
	tick := time.NewTicker(growEvery)
	defer tick.Stop()
	at, spent := time.Now(), g.spent()
	for {
		select {
		case <-quit:
			return
		case <-tick.C:
		}
		now, used := time.Now(), g.spent()
		g.look(float64(used-spent) / float64(now.Sub(at)) / float64(g.cpus))
		at, spent = now, used
	}
}

// look grows where it may; busy is which part of the CPUs was used lately.
func (g *grower) look(busy float64) {
	jobs := g.slots.size.working
	if jobs >= g.most || busy >= maxBusy || !g.slots.taken() {
		return
	}
	next := min(g.most, jobs+max(1, jobs/2))
	if !g.slots.resize(g.size(next)) {
		return // it is looked at again
	}
	g.log("takes %d targets at a time from now on: all %d were in use, and %.0f%% of the CPUs", next, jobs, 100*busy)
	g.sized(next)
}

// cpuTime is what this process has used so far (getrusage(2)).
func cpuTime() time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

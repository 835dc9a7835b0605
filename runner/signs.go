package runner

import (
	"fmt"
	"time"

	"scanmaster/runner/job"
)

const (
	// signEvery is the longest time between two signs of life; minSigns is how
	// many there are in a lease at the least.
	signEvery = time.Second
	minSigns  = 20
)

// signs are the master's signs of life, for workers that stop without them: a
// file in the run's hidden folder whose content changes. Whoever gave the first
// ends them.
type signs struct {
	run   *run
	beat  int64
	every time.Duration
	// failed tells that the last could not be given, which is said once.
	failed      bool
	quit, ended chan struct{}
}

// giveSigns gives a sign, and goes on to until the run ends, where the plan has
// workers stop without. It must be called before a worker is started, or asked.
func (r *run) giveSigns() error {
	lease := r.plan.Job.MasterLease
	if lease == 0 || r.signs != nil {
		return nil
	}
	s := &signs{run: r, every: min(signEvery, lease/minSigns), quit: make(chan struct{}), ended: make(chan struct{})}
	if err := s.give(); err != nil {
		return err
	}
	r.signs = s
	go s.keep()
	return nil
}

// give gives one sign. It may hang in the share.
func (s *signs) give() error {
	s.beat++
	return s.run.folder.Publish(job.MasterBeat, job.MasterSign(s.beat, s.run.self.String()))
}

// keep is a goroutine of its own: nothing else of the master may keep it, nor
// it anything else.
func (s *signs) keep() {
	defer close(s.ended)
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
		}
		err := s.give()
		select {
		case <-s.quit: // it may have hung: nobody hears any more
			return
		default:
		}
		if err != nil && !s.failed {
			s.run.report(Warning{Text: fmt.Sprintf("the workers can't be told that their master lives, and stop if that lasts: %v", err)})
		}
		s.failed = err != nil
	}
}

// endSigns ends them. One that hangs is left behind after a while.
func (r *run) endSigns() {
	if r.signs == nil {
		return
	}
	close(r.signs.quit)
	late := time.NewTimer(hangs)
	defer late.Stop()
	select {
	case <-r.signs.ended:
	case <-late.C:
	}
}

package runner

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"scanmaster/runner/job"
)

// superseded tells that the workers are another master's by now. Where the share
// hangs nobody can know, and they are ours.
func (r *run) superseded() bool {
	if len(r.posts) == 0 || r.lock == nil {
		return false
	}
	answer := make(chan bool, 1)
	go func() { answer <- errors.Is(r.mine(), ErrOwnerLost) }()
	select {
	case taken := <-answer:
		return taken
	case <-time.After(hangs):
		return false
	}
}

// hangs is how long a look at the share may take that an end waits for.
const hangs = 2 * time.Second

// close ends what the run still holds; safe at any point. The reason is what
// has stopped the run, nil where nothing has.
func (r *run) close(reason error) error {
	r.behind.Wait()
	if !r.leaves() && !r.superseded() {
		r.endWorkers(reason)
	}
	r.stopMirrors()
	r.endSigns()
	errs := []error{r.leaveHosts()}
	if r.keys != nil {
		errs = append(errs, r.keys.Close())
	}
	if r.journal != nil {
		errs = append(errs, r.journal.Close())
	}
	if r.folder != nil {
		errs = append(errs, r.folder.Close())
	}
	errs = append(errs, r.disown())
	if r.prefix != nil {
		errs = append(errs, r.prefix.Close())
	}
	return errors.Join(errs...)
}

// endWorkers ends the workers that still run, side by side.
func (r *run) endWorkers(reason error) {
	if reason != nil && slices.ContainsFunc(r.posts, started.works) {
		r.report(Ending{Reason: reason.Error(), Told: r.told(), Grace: job.Grace})
	}
	var group sync.WaitGroup
	ended := make(chan struct{})
	defer close(ended)
	go r.hurryAll(r.posts, ended)
	for _, s := range r.posts {
		group.Go(func() {
			if err := s.post.end(s.chunk.done); err != nil {
				r.report(Warning{Text: fmt.Sprintf("%s may still work: %v", s.post.name(), err)})
			}
		})
	}
	group.Wait()
}

// works tells that the worker may be at work, and can be told to end.
func (s started) works() bool {
	if _, unheard := s.post.(*silent); unheard || s.chunk.done {
		return false
	}
	select {
	case <-s.post.gone():
		return false
	default: // it can only be asked for, or works
	}
	return s.chunk.post == s.post
}

// hurryAll hands on that workers shall not take their time over their end.
func (r *run) hurryAll(all []started, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-r.cfg.Cut:
	}
	for range hurries {
		for _, s := range all {
			if !s.chunk.done {
				go s.post.hurry()
			}
		}
		select {
		case <-ended:
			return
		case <-time.After(repeat):
		}
	}
}

// hurries is how often workers that are being ended are told to hurry, repeat the
// time between two: a signal that comes before the last was taken counts as one
// with it.
const (
	hurries = 3
	repeat  = 500 * time.Millisecond
)

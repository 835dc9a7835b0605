package worker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"syscall"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

const (
	// lookEvery is the longest time between two looks for the master's sign;
	// minLooks is how many there are in its lease at the least.
	lookEvery = time.Second
	minLooks  = 20
	// signTries is how often a look is tried that the master's rename may have
	// crossed.
	signTries = 5
)

// errMasterLost ends a worker that stops without its master.
var errMasterLost = errors.New("the master has given no sign")

// watch is what a worker sees of its master: a file whose content changes as
// long as that one lives. What can't be read, or doesn't answer, is as one that
// stays the same. Where it has stayed so for half the master's lease nothing new
// is begun until it changes; after a whole one the master is lost. Without a
// lease the worker needs no master.
type watch struct {
	length time.Duration // 0 is none
	// look reads the sign; it may hang. clock goes on while this process, or the
	// whole host, sleeps.
	look  func() ([]byte, error)
	clock func() time.Duration
	log   func(format string, args ...any)
	// lost is called once, when the master is lost.
	lost func(error)

	mu      sync.Mutex
	seen    time.Duration // when the look that found a change was begun
	changed chan struct{} // closed when the master was seen

	closing     sync.Once
	quit, ended chan struct{}
	looked      chan sight
	// What follows is keep's alone.
	busy     bool          // a look is under way
	known    bool          // the sign was read before
	sign     string        // and this is what it was
	fault    error         // why the last look has failed
	told     bool          // it was said that the master isn't seen
	judged   time.Duration // when that was judged last
	patience time.Duration // the master isn't lost before that
}

// sight is what came of a look.
type sight struct {
	began time.Duration
	sign  string
	err   error
}

// newWatch makes a watch. Its owner starts and closes it.
func newWatch(length time.Duration, look func() ([]byte, error), log func(string, ...any), lost func(error)) *watch {
	return &watch{
		length: length, look: look, clock: sinceBoot, log: log, lost: lost,
		changed: make(chan struct{}), quit: make(chan struct{}), ended: make(chan struct{}),
		looked: make(chan sight, 1), // so that a look that was left behind ends
	}
}

// start takes the master for seen: it has just started this worker.
func (w *watch) start() {
	if w.length == 0 {
		close(w.ended)
		return
	}
	w.seen = w.clock()
	w.judged = w.seen
	go w.keep()
}

// close ends the looking. A look that hangs is left behind.
func (w *watch) close() {
	w.closing.Do(func() { close(w.quit) })
	<-w.ended
}

// keep looks until it is told to end, or the master is lost.
func (w *watch) keep() {
	defer close(w.ended)
	tick := time.NewTicker(min(lookEvery, w.length/minLooks))
	defer tick.Stop()
	for {
		select {
		case <-w.quit:
			return
		case s := <-w.looked:
			w.busy = false
			w.note(s)
			continue
		case <-tick.C:
		}
		if err := w.judge(); err != nil {
			w.lost(err)
			return
		}
		if !w.busy {
			w.busy = true
			go w.glance(w.clock())
		}
	}
}

func (w *watch) glance(began time.Duration) {
	sign, err := w.look()
	w.looked <- sight{began, string(sign), err}
}

// note takes what came of a look. What is read first may be old.
func (w *watch) note(s sight) {
	w.fault = s.err
	if s.err != nil {
		return
	}
	fresh := w.known && s.sign != w.sign
	w.known, w.sign = true, s.sign
	if !fresh {
		return
	}
	w.mu.Lock()
	w.seen = s.began
	close(w.changed)
	w.changed = make(chan struct{})
	w.mu.Unlock()
	if w.told {
		w.told = false
		w.log("the master gives signs again")
	}
}

// judge says why the master is lost. Where this process was stopped, or its host
// asleep, the master may be seen first.
func (w *watch) judge() error {
	now := w.clock()
	if now-w.judged > w.length/4 {
		w.patience = now + w.length/4
	}
	w.judged = now
	silence := now - w.seen
	if silence >= w.length && now >= w.patience {
		return w.silent(w.length)
	}
	if silence >= w.length/2 && !w.told {
		w.told = true
		w.log("%v: nothing new is begun until it does", w.silent(w.length/2))
	}
	return nil
}

// silent says that the master was not seen for a while, and why, where that is
// known.
func (w *watch) silent(while time.Duration) error {
	switch {
	case w.fault != nil:
		return fmt.Errorf("%w for %v: %w", errMasterLost, while, w.fault)
	case w.busy:
		return fmt.Errorf("%w for %v: the share does not answer", errMasterLost, while)
	}
	return fmt.Errorf("%w for %v", errMasterLost, while)
}

// near returns when the master was seen less than half its lease ago: at once,
// mostly; waited tells whether it was not. The error is the cause of ctx's end.
func (w *watch) near(ctx context.Context) (waited bool, err error) {
	for w.length > 0 {
		w.mu.Lock()
		seen, changed := w.seen, w.changed
		w.mu.Unlock()
		if w.clock()-seen < w.length/2 {
			break
		}
		waited = true
		select {
		case <-changed:
		case <-ctx.Done():
			return waited, context.Cause(ctx)
		}
	}
	return waited, nil
}

// masterLease is how long the master may give no sign; 0 is for ever.
func (c Config) masterLease() time.Duration {
	if c.Job == nil {
		return 0
	}
	return c.Job.MasterLease
}

// masterSign reads the master's sign, by the run's name: the folder of a run
// that had to make way for another isn't there any more.
func (s *shared) masterSign(run string) (sign []byte, err error) {
	folder, err := s.prefix.Sub(job.RunPrefix + run)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	for range signTries {
		sign, err = folder.ReadFile(job.MasterBeat)
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, share.ErrLink) && !errors.Is(err, syscall.ESTALE) {
			break
		}
	}
	return sign, err
}

package runner

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/lock"
	"scanmaster/spec"
)

// lookStatus is how often somebody who waits for a run's end looks at it.
const lookStatus = time.Second

// AwaitStatus waits until a run is finished or has no master any more, and
// gives how it stands then. That a master is dead is known at once on its own
// host, and elsewhere when its heartbeat has stood still for a lease by this
// host's clock. A shared folder that can't be read any more is waited for as
// long; warn hears of it. Where ctx ends the error is its cause, even where the
// file system hangs.
func AwaitStatus(ctx context.Context, l job.Layout, warn func(error)) (Status, error) {
	w := &statusWaiter{layout: l, warn: warn}
	tick := time.NewTicker(lookStatus)
	defer tick.Stop()
	for {
		s, err := readAside(ctx, w.layout, false)
		if ctx.Err() != nil {
			return Status{}, context.Cause(ctx)
		}
		over, err := w.judge(s, err)
		if err != nil {
			return Status{}, err
		}
		if over {
			return w.last(ctx)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// readAside reads a status in a goroutine of its own, which is left behind where
// the file system hangs.
func readAside(ctx context.Context, l job.Layout, chunks bool) (Status, error) {
	type answer struct {
		status Status
		err    error
	}
	read := make(chan answer, 1)
	go func() {
		s, err := readStatus(l, chunks)
		read <- answer{s, err}
	}()
	select {
	case a := <-read:
		return a.status, a.err
	case <-ctx.Done():
		return Status{}, context.Cause(ctx)
	}
}

// statusWaiter is what somebody who waits for a run's end has seen of it.
type statusWaiter struct {
	layout job.Layout
	warn   func(error)
	lease  time.Duration
	// beat is the heartbeat of a master that can't be asked, and since when it
	// stands there; still tells that this was for a lease.
	beat  string
	since time.Time
	still bool
	// failed is since when the folder can't be read; zero while it can.
	failed time.Time
}

// judge tells whether there is nothing left to wait for.
func (w *statusWaiter) judge(s Status, err error) (over bool, _ error) {
	if err != nil {
		return false, w.unread(err)
	}
	w.failed = time.Time{}
	w.layout.Run = s.Run // and not one that may follow it
	w.lease = cmp.Or(s.lease, time.Duration(spec.DefaultLease))
	if s.Phase != PhaseRunning {
		return true, nil
	}
	if s.Master == nil || s.Master.State != string(lock.Unknown) || s.beat != w.beat {
		w.beat, w.since = s.beat, time.Now()
		return false, nil
	}
	w.still = time.Since(w.since) >= w.lease
	return w.still, nil
}

// unread bears with a folder that could be read before.
func (w *statusWaiter) unread(err error) error {
	switch {
	case w.lease == 0: // it never could
		return err
	case w.failed.IsZero():
		w.failed = time.Now()
		w.warn(fmt.Errorf("it can't be read, and is waited for: %w", err))
	case time.Since(w.failed) >= w.lease:
		return err
	}
	return nil
}

// last reads how the run stands in the end.
func (w *statusWaiter) last(ctx context.Context) (Status, error) {
	s, err := readAside(ctx, w.layout, true)
	if err == nil && w.still && s.Phase == PhaseRunning && s.beat == w.beat {
		s.Phase, s.Master.State, s.Resumable = PhaseDead, string(lock.Dead), s.Dealt
	}
	return s, err
}

package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/lock"
	"scanmaster/runner/share"
)

// ErrOwnerLost ends the master of a run that is not its own any more: another
// one may have it. Its workers go on.
var ErrOwnerLost = errors.New("this run is no longer this master's, and its workers go on")

// ownerLost says why a run is lost to its master.
func ownerLost(prefix string, why error) error {
	if errors.Is(why, lock.ErrTaken) {
		return fmt.Errorf("%w: another one took it for dead: %w", ErrOwnerLost, why)
	}
	return fmt.Errorf("%w: %s can't be written: %w; make room there, or mend what it is on", ErrOwnerLost, prefix, why)
}

// own takes the scan's lock. With early, a folder that isn't there yet is no
// error: a pre hook may mount it, and own is called again after the hook.
func (r *run) own(ctx context.Context, early bool) error {
	base, err := share.Open(r.plan.Layout.Dir)
	if errors.Is(err, fs.ErrNotExist) && early {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the shared folder: %w; %s", err, mendDir)
	}
	prefix, err := base.Make(job.ChunkedDir, r.plan.Layout.Name)
	if err = errors.Join(err, base.Close()); err != nil {
		if errors.Is(err, share.ErrLink) {
			return fmt.Errorf("%w; nothing is written through links: remove it, or name another dir", err)
		}
		return err
	}
	if r.prefix != nil {
		return r.reown(ctx, prefix)
	}
	return r.take(ctx, prefix)
}

// reown takes the lock again where a pre hook has put another folder in the
// place of the first one, and else keeps what it has.
func (r *run) reown(ctx context.Context, prefix *share.Dir) error {
	same, err := r.prefix.Same(prefix)
	if err != nil {
		return errors.Join(err, prefix.Close())
	}
	if same {
		return prefix.Close()
	}
	if err := errors.Join(r.disown(), r.prefix.Close()); err != nil {
		return errors.Join(err, prefix.Close())
	}
	return r.take(ctx, prefix)
}

func (r *run) take(ctx context.Context, prefix *share.Dir) error {
	r.prefix = prefix
	self, err := lock.Self(r.plan.Layout.Run)
	if err != nil {
		return err
	}
	r.self = self
	held, err := lock.Take(ctx, lock.Config{
		Dir: prefix, Self: self, Lease: r.plan.Lease,
		Waiting: func(owner lock.Owner, atMost time.Duration) {
			r.report(Warning{Text: fmt.Sprintf("%v owns this scan and can't be asked from here; watching its heartbeat for up to %v", owner, atMost)})
		},
	})
	if err != nil {
		return err
	}
	r.lock, r.owner = held, make(chan struct{})
	if dead := held.TookOver(); dead != nil {
		r.report(Warning{Text: fmt.Sprintf("the last owner is dead, and its lock was taken over: %v", dead)})
	}
	go r.watchOwner(held, r.owner)
	if err := refuseHooks(prefix); err != nil || r.resumed {
		return err
	}
	if err := r.refuseUnfinished(prefix); err != nil || r.unfinished != "" {
		return err
	}
	return refuseOrphans(prefix, r.plan.Layout)
}

// mine gives the reason why the run is not this master's any more. Where that
// can't be found out, the heartbeat of the lock tells in time.
func (r *run) mine() error {
	if err := r.lock.Mine(); errors.Is(err, lock.ErrTaken) {
		return ownerLost(r.plan.Layout.Prefix(), err)
	}
	return nil
}

// watchOwner stops the run when its lock is lost. It ends with the lock.
func (r *run) watchOwner(held *lock.Lock, released chan struct{}) {
	select {
	case <-held.Lost():
		r.disowned.Store(true)
		r.stop(ownerLost(r.plan.Layout.Prefix(), held.Err()))
	case <-released:
	}
}

func (r *run) disown() error {
	if r.lock == nil {
		return nil
	}
	close(r.owner)
	err := r.lock.Release()
	r.lock = nil
	return err
}

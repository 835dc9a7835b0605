package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/mirror"
	"scanmaster/runner/remote"
	"scanmaster/runner/share"
)

// apart is a worker on a host that doesn't see the shared folder: what it leaves
// is brought here as long as it works.
type apart struct {
	*distant
	mirror *mirror.Mirror
	cancel context.CancelFunc
	ended  chan struct{} // closed when nothing is brought any more
	once   sync.Once     // for the end of a worker that has finished

	mu sync.Mutex
	// over tells that all was brought, and .done; failed is what went wrong last,
	// and when.
	over   bool
	failed error
	when   time.Time
}

// newApart begins to bring what a worker leaves. The run stops it.
func (r *run) newApart(d *distant, m *mirror.Mirror) *apart {
	ctx, cancel := context.WithCancel(context.Background())
	p := &apart{distant: d, mirror: m, cancel: cancel, ended: make(chan struct{})}
	r.listing.Lock()
	r.mirrors = append(r.mirrors, p)
	r.listing.Unlock()
	go p.follow(ctx)
	return p
}

// mirror is that of a chunk whose worker has, or had, the run's files elsewhere.
func (r *run) mirror(chunk string, there job.Layout) *mirror.Mirror {
	return mirror.New(mirror.Config{
		Here: r.plan.Layout, There: there, Chunk: chunk,
		Prefix: r.prefix, Run: r.folder, Keys: r.keys, Master: r.self.String(),
		Warn: func(format string, args ...any) { r.report(Warning{Text: chunk + ": " + fmt.Sprintf(format, args...)}) },
	})
}

// hostKeysOff is the policy by which nobody looks at host keys.
const hostKeysOff = "off"

// openKeys opens the folder of the targets' host keys for the workers that don't
// see it, where those keys are looked at.
func (r *run) openKeys() (err error) {
	r.listing.Lock()
	defer r.listing.Unlock()
	if r.keys != nil || r.plan.Summary.Trust.Targets == hostKeysOff {
		return nil
	}
	dir, err := share.Open(r.plan.Layout.Dir)
	if err != nil {
		return err
	}
	r.keys, err = dir.Make(job.State, job.HostKeys)
	return errors.Join(err, dir.Close())
}

// bringAgain is the pause after something went wrong.
const bringAgain = time.Second

// follow brings what the worker leaves until that is all, or it is stopped. The
// line may go down and come back meanwhile.
func (p *apart) follow(ctx context.Context) {
	defer close(p.ended)
	for {
		h := p.at()
		over, err := p.mirror.Follow(ctx, h)
		if over || ctx.Err() != nil {
			p.mu.Lock()
			p.over = over
			p.mu.Unlock()
			return
		}
		p.trouble(err)
		select {
		case <-ctx.Done():
		case <-time.After(bringAgain):
		}
		if lost := new(remote.Error); errors.As(err, &lost) && lost.Kind != remote.KindDenied && ctx.Err() == nil {
			if _, err := p.anew(ctx, h); err != nil && ctx.Err() == nil {
				p.trouble(err)
			}
		}
	}
}

// trouble takes note of what went wrong. What is wrong on this side is told: a
// host that can't be reached for long is found out by other means.
func (p *apart) trouble(err error) {
	p.mu.Lock()
	again := p.failed != nil && p.failed.Error() == err.Error()
	p.failed, p.when = err, time.Now()
	p.mu.Unlock()
	if lost := new(remote.Error); !again && !errors.As(err, &lost) {
		p.run.report(Warning{Text: fmt.Sprintf("what %s leaves can't be brought here: %v", p.name(), err)})
	}
}

// stop ends the bringing, and waits for that.
func (p *apart) stop() {
	p.cancel()
	<-p.ended
}

// alive asks whether the worker still runs. One that has ended counts as alive
// until all that it has left was brought here: only then others can go on.
func (p *apart) alive(ctx context.Context) (bool, error) {
	for {
		alive, err := p.distant.alive(ctx)
		if alive || err != nil {
			return alive, err
		}
		began := time.Now()
		if p.isWhole(ctx, p.run.plan.Lease) {
			return false, nil
		}
		p.mu.Lock()
		failed, when := p.failed, p.when
		p.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return false, context.Cause(ctx)
		case failed != nil && when.After(began):
			return false, fmt.Errorf("it has ended, and what it has left can't be brought here: %w", failed)
		}
	}
}

// isWhole waits for a while until all was brought that the worker has left up to
// now.
func (p *apart) isWhole(ctx context.Context, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-p.ended:
			cancel() // no more will come
		case <-p.run.cfg.Cut:
			cancel() // whoever ends the run can't wait
		case <-ended:
		}
	}()
	if p.mirror.Whole(ctx) == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

// stopMirrors ends all bringing. Those that are left at work don't stay there for
// long.
func (r *run) stopMirrors() {
	working := 0
	r.listing.Lock()
	mirrors := slices.Clone(r.mirrors) // steps that hang may be left behind
	r.listing.Unlock()
	for _, p := range mirrors {
		p.stop()
		if !p.over {
			working++
		}
	}
	if working > 0 && r.leaves() && !r.disowned.Load() {
		r.report(Warning{Text: fmt.Sprintf("of the workers that are left %d don't see the shared folder: they stop when they have not heard of a master for %v", working, r.plan.Lease)})
	}
}

// lastLook is how long the end of a worker waits until what it has left is here.
const lastLook = 3 * time.Second

// end ends the worker, and brings what it has left, as far as that goes quickly:
// the rest is brought when the run is taken up. Of one that has finished the
// folder on its host goes.
func (p *apart) end(finished bool) error {
	if finished {
		p.once.Do(p.discard)
		return nil
	}
	err := p.distant.end(false)
	if err == nil {
		p.isWhole(context.Background(), lastLook)
		p.stop()
	}
	return err
}

// discard removes what is here by now from the host. What can't be removed goes
// when it has not been used for a month.
func (p *apart) discard() {
	p.stop()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	_ = p.at().Discard(ctx, p.layout.Dir)
}

// isApart tells of a worker that it is on a host that doesn't see the shared
// folder: it can't be disturbed there by what happens here, and can't disturb.
func isApart(p post) bool {
	switch p := p.(type) {
	case *apart:
		return true
	case *silent:
		return p.apart
	}
	return false
}

// abandon leaves a worker behind that can't be asked and doesn't see the shared
// folder. It begins nothing new when it has not heard of its master for half a
// lease, which it may have done just now.
func (r *run) abandon(ctx context.Context, p post) error {
	if p, ok := p.(*apart); ok {
		p.stop() // the line may come back for a moment, and it would hear again
	}
	late := time.NewTimer(r.plan.Lease / 2)
	defer late.Stop()
	select {
	case <-late.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

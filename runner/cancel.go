package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/lock"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// cancelFile is the file in the run's hidden folder that says who has cancelled
// it. A master that waits for it stops, instead of dealing anew what was ended.
const cancelFile = "cancelled"

// CancelledError ends a run that somebody has cancelled.
type CancelledError struct{ By string }

// Error says who.
func (e *CancelledError) Error() string { return "cancelled by " + e.By }

// Cancelled is what came of ending a run on one host.
type Cancelled struct {
	// Where is the worker's name, or "local" for this machine.
	Where string
	// Ended counts the processes that were there.
	Ended int
	// Err says why they may still be.
	Err error
}

// Cancel ends all that works for a run, on this machine and side by side on all
// its worker hosts, and lets its master know. Where that can't be let know, as on
// a share that is full, all are ended the same.
func Cancel(ctx context.Context, p plan.Plan, cfg Config) []Cancelled {
	untold := noteCancel(p.Layout)
	n, err := host.Here(cfg.Home).Cancel(ctx, p.Layout.Run, grace)
	all := []Cancelled{{Where: "local", Ended: n, Err: err}}
	if untold != nil {
		untold = fmt.Errorf("its master can't be told, and starts workers again if it still lives: %w", untold)
		all = append(all, Cancelled{Where: "master", Err: untold})
	}
	var away []plan.Worker
	for _, w := range findStep[plan.Probe](p).Workers {
		if !w.Local {
			away = append(away, w)
		}
	}
	keys, err := newAccess(p, away, cfg)
	if err != nil {
		return append(all, Cancelled{Where: "worker hosts", Err: err})
	}
	defer func() { _ = keys.Close() }() // all has been said by then
	ended := make([]Cancelled, len(away))
	var side sync.WaitGroup
	for i, w := range away {
		side.Go(func() {
			n, err := cancelOn(ctx, keys, w, p.Layout.Run)
			ended[i] = Cancelled{Where: w.Name, Ended: n, Err: err}
		})
	}
	side.Wait()
	return append(all, ended...)
}

// noteCancel says in the run's hidden folder that it is cancelled, and by whom.
func noteCancel(l job.Layout) (err error) {
	self, err := lock.Self(l.Run)
	if err != nil {
		return err
	}
	base, err := share.Open(l.Dir)
	if err != nil {
		return err
	}
	folder, err := base.Sub(job.ChunkedDir, l.Name, job.RunPrefix+l.Run)
	if err = errors.Join(err, base.Close()); err != nil {
		return err
	}
	by := fmt.Sprintf("%s on %s", self.User, self.Host)
	return errors.Join(folder.WriteFile(cancelFile, []byte(by+"\n")), folder.Close())
}

// cancelLook is how often a master looks whether its run is cancelled, and its
// folder still there.
const cancelLook = time.Second

// watchCancel tells the loop where somebody has cancelled the run. It mustn't
// hang in the share, hence it is no part of the loop.
func (w *waiter) watchCancel(ctx context.Context) {
	tick := time.NewTicker(cancelLook)
	defer tick.Stop()
	place := &absence{run: w.run}
	for {
		place.look()
		if err := w.run.cancelled(); err != nil {
			select {
			case w.cancelled <- err:
			case <-ctx.Done():
			}
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// cancelled tells whether somebody has cancelled the run.
func (r *run) cancelled() error {
	if by := cancelledBy(r.folder); by != "" {
		return &CancelledError{by}
	}
	return nil
}

// cancelledBy says who has cancelled the run with that hidden folder; empty
// where nobody has, or it can't be known.
func cancelledBy(folder *share.Dir) string {
	by, err := folder.ReadFile(cancelFile)
	if err != nil {
		return ""
	}
	return cmp.Or(strings.TrimSpace(string(by)), "somebody")
}

// uncancel lets a run go on that was cancelled.
func (r *run) uncancel() error {
	err := r.folder.Remove(cancelFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func cancelOn(ctx context.Context, keys *host.Access, w plan.Worker, run string) (int, error) {
	h, err := keys.Dial(ctx, w)
	if err != nil {
		return 0, err
	}
	n, err := h.Cancel(ctx, run, grace)
	return n, errors.Join(err, h.Close())
}

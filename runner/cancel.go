package runner

import (
	"context"
	"sync"

	"scanmaster/runner/host"
	"scanmaster/runner/plan"
)

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
// its worker hosts.
func Cancel(ctx context.Context, p plan.Plan, cfg Config) []Cancelled {
	n, err := host.Here(cfg.Home).Cancel(ctx, p.Layout.Run, grace)
	all := []Cancelled{{Where: "local", Ended: n, Err: err}}
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

func cancelOn(ctx context.Context, keys *host.Access, w plan.Worker, run string) (int, error) {
	h, err := keys.Dial(ctx, w)
	if err != nil {
		return 0, err
	}
	defer h.Close()
	return h.Cancel(ctx, run, grace)
}

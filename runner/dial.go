package runner

import (
	"context"
	"errors"
	"fmt"

	"scanmaster/runner/host"
	"scanmaster/runner/plan"
)

// Dial logs in to a worker host of a plan, as the probe does. The caller closes
// it.
func Dial(ctx context.Context, p plan.Plan, w plan.Worker, cfg Config) (*host.Host, error) {
	keys, err := newAccess(p, plan.Probe{Workers: []plan.Worker{w}}, cfg)
	if err != nil {
		return nil, err
	}
	h, err := host.Dial(ctx, host.Config{Worker: w, HostKeys: keys.hostKeys, Auth: keys.methods(w), User: cfg.User})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %s", w.Name, accessHint(err)), keys.close())
	}
	if err := keys.close(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/plan"
	"scanmaster/runner/sshconfig"
)

// Dial logs in to a worker host of a plan, as the probe does. The caller closes
// it.
func Dial(ctx context.Context, p plan.Plan, w plan.Worker, cfg Config) (*host.Host, error) {
	keys, err := newAccess(p, []plan.Worker{w}, cfg)
	if err != nil {
		return nil, err
	}
	h, err := keys.Dial(ctx, w)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", w.Name, err), keys.Close())
	}
	if err := keys.Close(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// newAccess reads the keys for worker hosts. The caller closes what it gives.
func newAccess(p plan.Plan, workers []plan.Worker, cfg Config) (*host.Access, error) {
	c := host.AccessConfig{
		Base: p.Base, Home: cfg.Home, User: cfg.User, AgentSocket: cfg.AgentSocket, Ask: cfg.Ask,
		KeepAlive: keepAlive(p.Lease), SystemConfig: sshconfig.System, Environ: cfg.Environ,
	}
	for _, step := range p.Steps {
		check, _ := step.(plan.Check)
		for _, f := range check.Files {
			if f.Role == plan.RoleKnownHosts {
				c.KnownHosts = f.Path
			}
		}
	}
	return host.NewAccess(workers, c)
}

// maxKeepAlive is the longest time between two questions to a worker host
// whether it is there.
const maxKeepAlive = 15 * time.Second

// keepAlive is that time under a lease: a host that is gone must be known to be
// when its worker has given no sign for the lease, and not long after.
func keepAlive(lease time.Duration) time.Duration { return min(maxKeepAlive, lease/5) }

// HostKey asks a worker host for its key, as a scan file without known_hosts would
// have it reached: nobody logs in.
func HostKey(ctx context.Context, name string, cfg Config) (key host.Key, err error) {
	access, err := host.NewAccess(nil, host.AccessConfig{
		Home: cfg.Home, User: cfg.User, AgentSocket: cfg.AgentSocket, Ask: cfg.Ask, SystemConfig: sshconfig.System, Environ: cfg.Environ,
	})
	if err != nil {
		return key, err
	}
	defer func() { err = errors.Join(err, access.Close()) }()
	return access.HostKey(ctx, plan.Worker{Name: name, Host: name})
}

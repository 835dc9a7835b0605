package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
	"scanmaster/runner/share"
	"scanmaster/runner/worker/hostkeys"
	"scanmaster/runner/worker/ping"
)

// The ways to authenticate to targets, as -A names them.
const (
	authKeys     = "pubkey"
	authPassword = "password"
	authAll      = "all"
)

// KeysPlace is where the host keys of targets are remembered.
type KeysPlace struct {
	// Dir is the folder of all who remember keys; nil where keys aren't checked.
	// It stays its owner's.
	Dir *share.Dir
	// Own is the name of the file in it that this process alone writes to.
	Own string
}

// access is what all connections to targets share.
type access struct {
	through job.Through
	pinger  ping.Pinger // nil where pings are off
	routes  *routes
	// password is nil where keys alone count.
	password *password

	closers []io.Closer
}

// access gathers what connections need. The caller closes what it gives.
func (c Config) access(ctx context.Context, through job.Through, at KeysPlace) (*access, error) {
	config, err := c.readConfig()
	if err != nil {
		return nil, err
	}
	a := &access{through: through, routes: c.newRoutes(through, config)}
	a.closers = append(a.closers, closerFunc(a.routes.close))
	if err := c.gather(ctx, a, at); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

// closerFunc is a function that closes.
type closerFunc func() error

// Close calls it.
func (f closerFunc) Close() error { return f() }

func (c Config) gather(ctx context.Context, a *access, at KeysPlace) error {
	if err := c.gatherKeys(ctx, a.routes); err != nil {
		return err
	}
	if c.Args.Auth != authKeys {
		var err error
		if a.password, err = askPassword(c.user(), c.Ask); err != nil {
			return err
		}
	}
	if a.through.Ping {
		var err error
		if a.pinger, err = ping.New(c.Path); err != nil {
			return fmt.Errorf("%w; -P does without", err)
		}
		a.closers = append(a.closers, a.pinger)
	}
	if c.Targets.HostKeys == job.HostKeyNo {
		a.routes.plain.keys = remote.HostKeysOff{}
		return nil
	}
	keys, err := c.hostKeys(at)
	if err != nil {
		return err
	}
	a.routes.known, a.routes.plain.keys = keys, keys
	a.closers = append(a.closers, keys)
	return nil
}

// gatherKeys gathers the keys for targets of which ssh_config says nothing. Where the
// password does as well, or ssh_config names others, there need be none.
func (c Config) gatherKeys(ctx context.Context, w *routes) error {
	if c.Args.Auth == authPassword {
		return nil
	}
	auth, agent, err := c.authentication(ctx, nil)
	if errors.Is(err, errNoKey) && (c.Args.Auth == authAll || w.config != nil && w.config.Says("identityfile")) {
		return nil
	}
	if err == nil {
		w.plain.auth, w.closers = auth, append(w.closers, agent)
	}
	return err
}

// hostKeys opens what is known of the targets' keys. Where nothing but known
// keys are accepted, the user's own count too, as with ssh(1).
func (c Config) hostKeys(at KeysPlace) (*hostkeys.Keys, error) {
	cfg := hostkeys.Config{Dir: at.Dir, Own: at.Own}
	for _, file := range c.Targets.KnownHosts {
		path, err := c.inHome(file)
		if err != nil {
			return nil, err
		}
		cfg.Files = append(cfg.Files, path)
	}
	if c.Targets.HostKeys == job.HostKeyYes {
		cfg.Policy = hostkeys.Strict
		own, err := c.inHome("~/.ssh/known_hosts")
		if err == nil {
			_, err = os.Stat(own)
		}
		if len(cfg.Files) == 0 && !errors.Is(err, fs.ErrNotExist) {
			cfg.Files = append(cfg.Files, own)
		}
	}
	return hostkeys.Open(cfg)
}

func (a *access) close() error {
	var errs []error
	for _, c := range a.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

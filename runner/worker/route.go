package worker

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/remote"
	"scanmaster/runner/sshconfig"
	"scanmaster/runner/worker/hostkeys"
)

// route is how one target is reached and logged in to.
type route struct {
	host string
	port int
	user string
	// auth is by keys; nil where the password alone counts.
	auth       ssh.AuthMethod
	keys       remote.HostKeys
	algorithms ssh.Algorithms
	connect    time.Duration
	jump       *remote.Jump // nil where it is reached directly
}

// routes knows the way to each target: what SSHOPTS says, then what the user's and the
// system's ssh_config(5) do. It is safe for concurrent use.
type routes struct {
	Config
	through job.Through
	config  *sshconfig.Config // nil where it says nothing
	plain   route             // to all for whom it says nothing
	known   *hostkeys.Keys    // nil where keys aren't checked

	mu      sync.Mutex // guards what follows, by what it was made of
	auths   map[string]ssh.AuthMethod
	lists   map[string]*remote.KnownHostsFiles
	jumps   map[string]*remote.Jump
	told    map[string]bool
	closers []io.Closer
}

// readConfig reads ssh_config(5).
func (c Config) readConfig() (*sshconfig.Config, error) {
	env := sshconfig.Env{Home: c.Home, User: c.User, Host: c.Host, Environ: c.Environ}
	config, err := sshconfig.Read(env, c.SystemConfig)
	if err != nil || config.IsEmpty() {
		return nil, err
	}
	return config, nil
}

// newRoutes has no way by keys yet. The caller closes it.
func (c Config) newRoutes(through job.Through, config *sshconfig.Config) *routes {
	return &routes{
		Config: c, through: through, config: config,
		plain: route{port: c.Targets.Port, user: c.user(), algorithms: remote.Algorithms(c.Targets), connect: c.timeouts().Connect},
		auths: make(map[string]ssh.AuthMethod), lists: make(map[string]*remote.KnownHostsFiles), jumps: make(map[string]*remote.Jump),
		told: make(map[string]bool),
	}
}

// to gives the way to a target. The error is an *sshconfig.Error, or that of a file
// which that names.
func (w *routes) to(t chunk.Target) (route, error) {
	host, port := t.Address(w.through.ByName, 0)
	there := w.plain
	if w.config == nil && w.Targets.ProxyJump == "" {
		there.host, there.port = host, cmp.Or(port, there.port)
		return there, nil
	}
	return w.toHost(host, port, w.Targets, 0)
}

// toHost gives the way to a host whose port was said, or is 0. Said goes before what
// ssh_config says; hops counts the hosts that are reached through it.
func (w *routes) toHost(host string, port int, said job.TargetOptions, hops int) (route, error) {
	var o sshconfig.Options
	if w.config != nil {
		var err error
		if o, err = w.config.For(host, said.User); err != nil {
			return route{}, err
		}
	}
	there := w.plain
	if o.Silent && said.ProxyJump == "" && hops == 0 {
		there.host, there.port = host, cmp.Or(port, there.port)
		return there, nil
	}
	there.host, there.user = cmp.Or(o.HostName, host), cmp.Or(said.User, o.User, w.User)
	there.port = port
	if port == 0 && said.PortSaid {
		there.port = said.Port
	}
	there.port = cmp.Or(there.port, o.Port, said.Port)
	if w.Job == nil && said.ConnectTimeout == 0 && o.ConnectTimeout > 0 {
		there.connect = time.Duration(o.ConnectTimeout) * time.Second
	}
	preferred := said
	err := preferred.Prefer(o.KexAlgorithms, o.Ciphers, o.MACs, o.HostKeyAlgorithms)
	if err != nil {
		return route{}, err
	}
	there.algorithms = remote.Algorithms(preferred)
	if there.auth, err = w.authOf(said, o, hops > 0); err != nil {
		return route{}, err
	}
	if there.keys, err = w.keysOf(said, o); err != nil {
		return route{}, err
	}
	there.jump, err = w.jumpOf(host, cmp.Or(said.ProxyJump, o.ProxyJump), hops)
	return there, err
}

// maxTold is how many faults that many targets have in common are told.
const maxTold = 20

// tell tells of a fault that many targets may have in common, once.
func (w *routes) tell(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if text := err.Error(); !w.told[text] && len(w.told) < maxTold {
		w.told[text] = true
		w.Log("%s", text)
	}
}

// close closes all that was made on the way.
func (w *routes) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var errs []error
	for _, j := range w.jumps {
		errs = append(errs, j.Close())
	}
	for _, c := range w.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// once makes something the first time that it is asked for.
func once[T any](w *routes, made map[string]T, key string, create func() (T, error)) (T, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if have, ok := made[key]; ok {
		return have, nil
	}
	have, err := create()
	if err == nil {
		made[key] = have
	}
	return have, err
}

// reachBy connects to a target, through others where its way has any.
func (t route) reachBy(ctx context.Context, address string, bounds remote.ReachTimeouts) (*remote.Reached, error) {
	if t.jump != nil {
		return remote.ReachThrough(ctx, t.jump, address, bounds)
	}
	return remote.Reach(ctx, address, bounds)
}

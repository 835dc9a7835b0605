package host

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
	"scanmaster/runner/sshconfig"
)

// readConfig reads the ssh_config(5) of who starts the scan, and the system's.
func (c AccessConfig) readConfig() (*sshconfig.Config, error) {
	return sshconfig.Read(sshconfig.Env{Home: c.Home, User: c.User, Environ: c.Environ}, c.SystemConfig)
}

// configured puts together how a worker host is reached: as the scan file says, and
// then as ssh_config does. However that is, a key must be known.
func (a *Access) configured(w plan.Worker, hops int) (Config, error) {
	c, o, err := a.keyless(w)
	if err != nil {
		return Config{}, err
	}
	if c.Auth, err = a.methods(c.Worker, o); err != nil {
		return Config{}, err
	}
	c.Jump, err = a.jump(w.Host, o.ProxyJump, hops)
	return c, err
}

// keyless is configured without what one logs in with, and without another host
// that may be on the way.
func (a *Access) keyless(w plan.Worker) (Config, sshconfig.Options, error) {
	o, err := a.config.For(w.Host, w.User)
	if err != nil {
		return Config{}, o, err
	}
	w.Host, w.User, w.Port = cmp.Or(o.HostName, w.Host), cmp.Or(w.User, o.User), cmp.Or(w.Port, o.Port)
	c := Config{Worker: w, HostKeys: a.hostKeys, User: a.user, KeepAlive: a.keepAlive, Connect: time.Duration(o.ConnectTimeout) * time.Second}
	if o.KnownHostsSaid && a.cfg.KnownHosts == "" {
		if c.HostKeys, err = remote.KnownHosts(there(o.KnownHosts)...); err != nil {
			return Config{}, o, err
		}
	}
	var preferred job.TargetOptions
	if err := preferred.Prefer(o.KexAlgorithms, o.Ciphers, o.MACs, o.HostKeyAlgorithms); err != nil {
		return Config{}, o, err
	}
	c.Algorithms = remote.Algorithms(preferred)
	return c, o, nil
}

// methods are the keys that are named, in the scan file or in ssh_config; else those
// of all.
func (a *Access) methods(w plan.Worker, o sshconfig.Options) ([]ssh.AuthMethod, error) {
	key := w.Identity + "\x00" + strings.Join(o.Identities, "\x00") + "\x00\x00" + strings.Join(o.Certificates, "\x00")
	if o.IdentitiesOnly {
		key += "\x00only"
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if method, ok := a.auth[key]; ok {
		return []ssh.AuthMethod{method}, nil
	}
	method, err := a.prepare(w, o)
	if err != nil {
		return nil, err
	}
	a.auth[key] = method
	return []ssh.AuthMethod{method}, nil
}

// jump gives the host that one is reached through; nil where there is none, or it is
// that one itself, as it is where "Host *" names it.
func (a *Access) jump(to, hosts string, hops int) (*remote.Jump, error) {
	first, last, err := sshconfig.Jump(to, hosts, hops)
	if err != nil || last.Host == "" {
		return nil, err
	}
	c, err := a.configured(plan.Worker{Host: last.Host, User: last.User, Port: last.Port}, hops+1)
	if err != nil {
		return nil, fmt.Errorf("ProxyJump %s: %w", last.Host, err)
	}
	if first != "" {
		if c.Jump, err = a.jump(last.Host, first, hops+1); err != nil {
			return nil, err
		}
	}
	return remote.NewJump(last.Host, c.dial), nil
}

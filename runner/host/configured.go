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

// maxHops bounds the jump hosts on the way to a worker host.
const maxHops = 8

// readConfig reads the ssh_config(5) of who starts the scan, and the system's.
func (c AccessConfig) readConfig() (*sshconfig.Config, error) {
	return sshconfig.ReadFiles(sshconfig.Env{Home: c.Home, User: c.User, Getenv: c.Getenv}, c.SystemConfig)
}

// configured puts together how a worker host is reached: as the scan file says, and
// then as ssh_config does. However that is, a key must be known.
func (a *Access) configured(w plan.Worker, hops int) (Config, error) {
	o, err := a.config.For(w.Host, w.User)
	if err != nil {
		return Config{}, err
	}
	name := w.Host
	w.Host, w.User, w.Port = cmp.Or(o.HostName, w.Host), cmp.Or(w.User, o.User), cmp.Or(w.Port, o.Port)
	c := Config{Worker: w, HostKeys: a.hostKeys, User: a.user, KeepAlive: a.keepAlive, Connect: time.Duration(o.ConnectTimeout) * time.Second}
	if o.KnownHostsSaid && a.cfg.KnownHosts == "" {
		if c.HostKeys, err = remote.KnownHosts(there(o.KnownHosts)...); err != nil {
			return Config{}, err
		}
	}
	if c.Algorithms, err = algorithmsOf(o); err != nil {
		return Config{}, err
	}
	if c.Auth, err = a.methods(w, o); err != nil {
		return Config{}, err
	}
	c.Jump, err = a.jump(name, o.ProxyJump, hops)
	return c, err
}

// algorithmsOf are those that ssh_config says.
func algorithmsOf(o sshconfig.Options) (ssh.Algorithms, error) {
	var t job.TargetOptions
	for _, list := range []struct{ option, value string }{
		{"KexAlgorithms", o.KexAlgorithms}, {"Ciphers", o.Ciphers}, {"MACs", o.MACs}, {"HostKeyAlgorithms", o.HostKeyAlgorithms},
	} {
		if list.value == "" {
			continue
		}
		if err := t.Prefer(list.option, list.value); err != nil {
			return ssh.Algorithms{}, err
		}
	}
	return ssh.Algorithms{KeyExchanges: t.KexAlgorithms, Ciphers: t.Ciphers, MACs: t.MACs, HostKeys: t.HostKeyAlgorithms}, nil
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
	if hosts == "" {
		return nil, nil
	}
	if hops >= maxHops {
		return nil, fmt.Errorf("ProxyJump %s: over %d hosts to go through; is it a circle?", hosts, maxHops)
	}
	first, last := sshconfig.LastHop(hosts)
	hop, err := sshconfig.ParseHop(last)
	if err != nil || strings.EqualFold(hop.Host, to) {
		return nil, err
	}
	c, err := a.configured(plan.Worker{Name: last, Host: hop.Host, User: hop.User, Port: hop.Port}, hops+1)
	if err != nil {
		return nil, fmt.Errorf("ProxyJump %s: %w", last, err)
	}
	if first != "" {
		if c.Jump, err = a.jump(hop.Host, first, hops+1); err != nil {
			return nil, err
		}
	}
	return remote.NewJump(last, c.dial), nil
}

package worker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
	"scanmaster/runner/sshconfig"
	"scanmaster/runner/worker/hostkeys"
)

// authOf is the login by the keys that SSHOPTS and ssh_config name. Jump hosts are
// logged in to by keys whatever the targets want.
func (w *routes) authOf(said job.TargetOptions, o sshconfig.Options, isJump bool) (ssh.AuthMethod, error) {
	if w.Args.Auth == authPassword && !isJump {
		return nil, nil
	}
	if !isJump && len(o.Identities) == 0 && len(o.Certificates) == 0 && !o.IdentitiesOnly {
		return w.plain.auth, nil
	}
	only := said.IdentitiesOnly || !said.OnlySaid && o.IdentitiesOnly
	identities := slices.Concat(said.Identities, o.Identities)
	certificates := slices.Concat(said.Certificates, o.Certificates)
	key := strings.Join(slices.Concat(identities, []string{"", strconv.FormatBool(only)}, certificates), "\x00")
	return once(w, w.auths, key, func() (ssh.AuthMethod, error) {
		c := w.Config
		c.Targets.Identities, c.Targets.IdentitiesOnly, c.Targets.Certificates = said.Identities, only, certificates
		auth, closer, err := c.authentication(context.Background(), o.Identities)
		if errors.Is(err, errNoKey) && w.Args.Auth == authAll && !isJump {
			return nil, nil
		}
		if err == nil {
			w.closers = append(w.closers, closer)
		}
		return auth, err
	})
}

// keysOf judges a target's host key by the policy and the files of ssh_config, where
// SSHOPTS doesn't say otherwise.
func (w *routes) keysOf(said job.TargetOptions, o sshconfig.Options) (remote.HostKeys, error) {
	policy := said.HostKeys
	if !said.HostKeysSaid && o.HostKeys != "" && o.HostKeys != "ask" {
		policy = o.HostKeys
	}
	if policy == job.HostKeyNo || w.known == nil {
		return remote.HostKeysOff{}, nil
	}
	strict := policy == job.HostKeyYes
	files := o.KnownHosts
	if strict && !o.KnownHostsSaid && said.HostKeys != job.HostKeyYes {
		// What else would be looked in is known where all are judged so.
		if own, err := w.inHome("~/.ssh/known_hosts"); err == nil {
			files = append(files, own)
		}
	}
	var there []string
	for _, file := range files {
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, file)
		}
	}
	if len(there) == 0 && !strict {
		return w.known, nil
	}
	var lists *remote.KnownHostsFiles
	if len(there) > 0 {
		var err error
		lists, err = once(w, w.lists, strings.Join(there, "\x00"), func() (*remote.KnownHostsFiles, error) { return remote.KnownHosts(there...) })
		if err != nil {
			return nil, fmt.Errorf("UserKnownHostsFile: %w", err)
		}
	}
	return w.known.Beside(lists, map[bool]hostkeys.Policy{true: hostkeys.Strict, false: hostkeys.AcceptNew}[strict]), nil
}

// jumpOf gives the last of the hosts to go through to one; nil where there is none, or
// it is that one itself, as it is where "Host *" names it.
func (w *routes) jumpOf(to, hosts string, hops int) (*remote.Jump, error) {
	first, last, err := sshconfig.Jump(to, hosts, hops)
	if err != nil || last.Host == "" {
		return nil, err
	}
	said := job.TargetOptions{User: last.User, Port: defaultPort, Identities: w.Targets.Identities, HostKeys: w.Targets.HostKeys, ProxyJump: first}
	there, err := w.toHost(last.Host, last.Port, said, hops+1)
	if err != nil {
		return nil, fmt.Errorf("ProxyJump %s: %w", last.Host, err)
	}
	return once(w, w.jumps, hosts, func() (*remote.Jump, error) {
		return remote.NewJump(last.Host, func(ctx context.Context) (*remote.Conn, error) { return w.dial(ctx, there) }), nil
	})
}

// defaultPort is where jump hosts listen that name none.
const defaultPort = 22

// jumpKeepAlive is how often a jump host is asked whether it is still there.
const jumpKeepAlive = 15 * time.Second

// dial logs in to a jump host, by keys.
func (w *routes) dial(ctx context.Context, there route) (*remote.Conn, error) {
	if there.auth == nil {
		return nil, errNoKey
	}
	config := remote.HostConfig{
		Address: net.JoinHostPort(there.host, strconv.Itoa(there.port)), User: there.user, Auth: []ssh.AuthMethod{there.auth},
		HostKeys: there.keys, Connect: there.connect, Handshake: w.timeouts().Auth, KeepAlive: jumpKeepAlive,
	}
	if there.jump != nil {
		return remote.DialThrough(ctx, there.jump, config)
	}
	return remote.Dial(ctx, config)
}

package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
	"scanmaster/runner/sshconfig"
)

// AccessConfig says by what to get in at worker hosts.
type AccessConfig struct {
	// Base is the folder that paths are relative to, Home what "~" stands for.
	Base, Home string
	// User is who logs in where a worker names nobody.
	User string
	// KnownHosts is the file that holds the hosts' keys; where it is empty,
	// those of ssh(1) do that are there.
	KnownHosts string
	// AgentSocket is where the ssh-agent listens; empty where there is none.
	AgentSocket string
	// Ask asks for a passphrase on the terminal; an error where there is none.
	// Without it nobody is asked.
	Ask func(prompt string) (string, error)
	// KeepAlive is as in Config.
	KeepAlive time.Duration
	// SystemConfig is the path of the system's ssh_config(5), which is read beside the
	// user's; empty reads the user's alone. Environ is the environment that it may
	// refer to, as key=value.
	SystemConfig string
	Environ      []string
}

// Access gets in at worker hosts. Its owner closes it; the hosts that it has
// let in at stay open.
type Access struct {
	cfg       AccessConfig
	config    *sshconfig.Config
	user      string
	hostKeys  remote.HostKeys
	keepAlive time.Duration
	ring      *keyring

	mu   sync.Mutex
	auth map[string]ssh.AuthMethod // by the keys that were named
	open []io.Closer
}

// defaultIdentities are tried where no identity is named, as ssh(1) does.
var defaultIdentities = []string{"~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"}

// defaultKnownHosts are looked in where no file is named, as ssh(1) does.
var defaultKnownHosts = []string{"~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"}

// NewAccess reads the keys for all worker hosts before the first of them is
// reached, so that passphrases are asked for once, and one after the other.
// That a worker's key is no good is for Dial to say. The caller closes what it
// gives.
func NewAccess(workers []plan.Worker, c AccessConfig) (*Access, error) {
	a := &Access{
		cfg: c, user: c.User, keepAlive: c.KeepAlive, auth: make(map[string]ssh.AuthMethod),
		ring: &keyring{cfg: c, read: make(map[string]keys)},
	}
	var err error
	if a.hostKeys, err = c.knownHosts(); err != nil {
		return nil, err
	}
	if a.config, err = c.readConfig(); err != nil {
		return nil, err
	}
	for _, w := range workers {
		if !w.Local {
			_, _ = a.configured(w, 0) // what is wrong Dial says
		}
	}
	return a, nil
}

// prepare finds by what to log in to a host. An agent that doesn't answer keeps no key
// file out. The caller holds mu.
func (a *Access) prepare(w plan.Worker, o sshconfig.Options) (ssh.AuthMethod, error) {
	signers, err := a.ring.of(w, o)
	if err != nil {
		return nil, err
	}
	offer := func(socket string) (ssh.AuthMethod, io.Closer, error) {
		if o.IdentitiesOnly {
			return remote.PublicKeysOnly(socket, o.Identities, signers...)
		}
		return remote.PublicKeys(socket, signers...)
	}
	method, agent, err := offer(a.cfg.AgentSocket)
	if err != nil && len(signers) > 0 {
		method, agent, err = offer("")
	}
	if err != nil {
		return nil, fmt.Errorf("there is no key to log in with: %w; start an ssh-agent, or name an identity", err)
	}
	a.open = append(a.open, agent)
	return method, nil
}

// Close ends the connections to the agent.
func (a *Access) Close() error {
	var errs []error
	for _, c := range a.open {
		errs = append(errs, c.Close())
	}
	a.open = nil
	return errors.Join(errs...)
}

// Dial logs in to one of the worker hosts. The error says what would mend it,
// and wraps a *remote.Error where the host was tried. The caller closes the
// host.
func (a *Access) Dial(ctx context.Context, w plan.Worker) (*Host, error) {
	c, err := a.configured(w, 0)
	if err != nil {
		return nil, err
	}
	h, err := Dial(ctx, c)
	if err != nil {
		return nil, hinted(err, c.Worker, cmp.Or(c.Worker.User, a.user))
	}
	return h, nil
}

// knownHosts reads the file that is named, or those of ssh(1) that are there.
func (c AccessConfig) knownHosts() (remote.HostKeys, error) {
	if c.KnownHosts != "" {
		return remote.KnownHosts(c.resolve(c.KnownHosts))
	}
	var paths []string
	for _, file := range defaultKnownHosts {
		paths = append(paths, c.resolve(file))
	}
	return remote.KnownHosts(there(paths)...)
}

// there are those of the files that are there.
func there(paths []string) []string {
	var found []string
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			found = append(found, path)
		}
	}
	return found
}

func (c AccessConfig) resolve(path string) string { return plan.Resolve(c.Base, c.Home, path) }

// keyring reads each identity file once, and asks for its passphrase once.
type keyring struct {
	cfg  AccessConfig
	read map[string]keys
}

// keys are what came of reading.
type keys struct {
	signers []ssh.Signer
	err     error
}

// of gives the keys for a host: the one that the scan file names, which must be there,
// then those of ssh_config that are; or, where neither names one, those of ssh(1).
func (k *keyring) of(w plan.Worker, o sshconfig.Options) ([]ssh.Signer, error) {
	var all []ssh.Signer
	if w.Identity != "" || len(o.Identities) == 0 {
		signers, err := k.once(w.Identity, func() ([]ssh.Signer, error) {
			if w.Identity == "" {
				return k.usual()
			}
			return k.named(w.Identity)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, signers...)
	}
	for _, file := range o.Identities {
		signers, err := k.once(file, func() ([]ssh.Signer, error) { return k.named(file) })
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil && k.cfg.AgentSocket == "":
			return nil, err
		default:
			all = append(all, signers...)
		}
	}
	var err error
	for _, path := range o.Certificates {
		if all, err = remote.Certify(all, path); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// once reads a key once.
func (k *keyring) once(file string, read func() ([]ssh.Signer, error)) ([]ssh.Signer, error) {
	found, known := k.read[file]
	if !known {
		found.signers, found.err = read()
		k.read[file] = found
	}
	return found.signers, found.err
}

// named reads a key that must be there; its passphrase is asked for.
func (k *keyring) named(file string) ([]ssh.Signer, error) {
	if file == "" {
		return nil, nil
	}
	ask := k.cfg.Ask
	if ask == nil {
		ask = func(string) (string, error) { return "", errNobody }
	}
	signer, err := remote.PassphraseKeyFile(k.cfg.resolve(file), ask)
	if err != nil {
		return nil, fmt.Errorf("identity: %w; %s", err, mendIdentity(err))
	}
	return []ssh.Signer{signer}, nil
}

// errNobody tells that there is nobody to ask.
var errNobody = errors.New("nobody is there to type it; have an ssh-agent hold the key")

// usual reads those of the usual keys that are there and need no passphrase;
// the agent may have the others.
func (k *keyring) usual() ([]ssh.Signer, error) {
	var signers []ssh.Signer
	for _, file := range defaultIdentities {
		signer, err := remote.KeyFile(k.cfg.resolve(file))
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, remote.ErrPassphrase):
		case err != nil:
			return nil, fmt.Errorf("identity: %w; remove that file, or name another identity", err)
		default:
			signers = append(signers, signer)
		}
	}
	return signers, nil
}

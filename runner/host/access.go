package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
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
}

// Access gets in at worker hosts. Its owner closes it; the hosts that it has
// let in at stay open.
type Access struct {
	user      string
	hostKeys  remote.HostKeys
	keepAlive time.Duration
	// auth are the methods by worker, since each may have a key of its own;
	// failed says why a worker has none.
	auth   map[string]ssh.AuthMethod
	failed map[string]error
	open   []io.Closer
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
	a := &Access{user: c.User, keepAlive: c.KeepAlive, auth: make(map[string]ssh.AuthMethod), failed: make(map[string]error)}
	var err error
	if a.hostKeys, err = c.knownHosts(); err != nil {
		return nil, err
	}
	keys := &keyring{cfg: c, read: make(map[string]keys)}
	for _, w := range workers {
		if w.Local {
			continue
		}
		if err := a.prepare(w, keys, c.AgentSocket); err != nil {
			a.failed[w.Name] = err
		}
	}
	return a, nil
}

// prepare finds by what to log in to a worker host. An agent that doesn't answer
// keeps no key file out.
func (a *Access) prepare(w plan.Worker, ring *keyring, socket string) error {
	signers, err := ring.of(w)
	if err != nil {
		return err
	}
	method, agent, err := remote.PublicKeys(socket, signers...)
	if err != nil && len(signers) > 0 {
		method, agent, err = remote.PublicKeys("", signers...)
	}
	if err != nil {
		return fmt.Errorf("there is no key to log in with: %w; start an ssh-agent, or name an identity", err)
	}
	a.auth[w.Name] = method
	a.open = append(a.open, agent)
	return nil
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
	if err := a.failed[w.Name]; err != nil {
		return nil, err
	}
	h, err := Dial(ctx, Config{
		Worker: w, HostKeys: a.hostKeys, Auth: []ssh.AuthMethod{a.auth[w.Name]}, User: a.user, KeepAlive: a.keepAlive,
	})
	if err != nil {
		return nil, hinted(err, w, cmp.Or(w.User, a.user))
	}
	return h, nil
}

// knownHosts reads the file that is named, or those of ssh(1) that are there.
func (c AccessConfig) knownHosts() (remote.HostKeys, error) {
	if c.KnownHosts != "" {
		return remote.KnownHosts(c.resolve(c.KnownHosts))
	}
	var there []string
	for _, file := range defaultKnownHosts {
		path := c.resolve(file)
		if _, err := os.Stat(path); err == nil {
			there = append(there, path)
		}
	}
	return remote.KnownHosts(there...)
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

// of gives the keys for a worker host: the one that is named, which must be
// there, or those of ssh(1) that are.
func (k *keyring) of(w plan.Worker) ([]ssh.Signer, error) {
	found, known := k.read[w.Identity]
	if !known {
		if found.signers, found.err = k.named(w.Identity); w.Identity == "" {
			found.signers, found.err = k.usual()
		}
		k.read[w.Identity] = found
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

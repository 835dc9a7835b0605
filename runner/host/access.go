package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

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
	Ask func(prompt string) (string, error)
}

// Access gets in at worker hosts. Its owner closes it; the hosts that it has
// let in at stay open.
type Access struct {
	user     string
	hostKeys remote.HostKeys
	// auth are the methods by worker, since each may have a key of its own.
	auth map[string]ssh.AuthMethod
	open []io.Closer
}

// defaultIdentities are tried where no identity is named, as ssh(1) does.
var defaultIdentities = []string{"~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"}

// defaultKnownHosts are looked in where no file is named, as ssh(1) does.
var defaultKnownHosts = []string{"~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"}

// NewAccess reads the keys for all worker hosts before the first of them is
// reached, so that passphrases are asked for once, and one after the other.
// The caller closes what it gives.
func NewAccess(workers []plan.Worker, c AccessConfig) (*Access, error) {
	a := &Access{user: c.User, auth: make(map[string]ssh.AuthMethod)}
	var err error
	if a.hostKeys, err = c.knownHosts(); err != nil {
		return nil, err
	}
	keys := &keyring{cfg: c, read: make(map[string][]ssh.Signer)}
	for _, w := range workers {
		if w.Local {
			continue
		}
		signers, err := keys.of(w)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", w.Name, err), a.Close())
		}
		method, agent, err := remote.PublicKeys(c.AgentSocket, signers...)
		if err != nil {
			return nil, errors.Join(err, a.Close())
		}
		a.auth[w.Name] = method
		a.open = append(a.open, agent)
	}
	return a, nil
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
// and wraps a *remote.Error. The caller closes the host.
func (a *Access) Dial(ctx context.Context, w plan.Worker) (*Host, error) {
	h, err := Dial(ctx, Config{Worker: w, HostKeys: a.hostKeys, Auth: []ssh.AuthMethod{a.auth[w.Name]}, User: a.user})
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

// keyring reads each identity file once.
type keyring struct {
	cfg  AccessConfig
	read map[string][]ssh.Signer
}

// of gives the keys for a worker host: the one that is named, which must be
// there, or those of ssh(1) that are.
func (k *keyring) of(w plan.Worker) ([]ssh.Signer, error) {
	if signers, ok := k.read[w.Identity]; ok {
		return signers, nil
	}
	signers, err := k.named(w.Identity)
	if w.Identity == "" {
		signers, err = k.usual()
	}
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	k.read[w.Identity] = signers
	return signers, nil
}

// named reads a key that must be there; its passphrase is asked for.
func (k *keyring) named(file string) ([]ssh.Signer, error) {
	if file == "" {
		return nil, nil
	}
	signer, err := remote.PassphraseKeyFile(k.cfg.resolve(file), k.cfg.Ask)
	return []ssh.Signer{signer}, err
}

// usual reads those of the usual keys that are there and need no passphrase;
// the agent may have the others.
func (k *keyring) usual() ([]ssh.Signer, error) {
	var signers []ssh.Signer
	for _, file := range defaultIdentities {
		signer, err := remote.KeyFile(k.cfg.resolve(file))
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, remote.ErrPassphrase):
		case err != nil:
			return nil, err
		default:
			signers = append(signers, signer)
		}
	}
	return signers, nil
}

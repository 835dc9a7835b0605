package runner

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

// access is how the master gets in at its worker hosts.
type access struct {
	hostKeys remote.HostKeys
	// auth are the methods by worker, since each may have a key of its own.
	auth map[string]ssh.AuthMethod
	open []io.Closer
}

// defaultIdentities are tried where no identity is named, as ssh(1) does.
var defaultIdentities = []string{"~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"}

// defaultKnownHosts are looked in where no file is named, as ssh(1) does.
var defaultKnownHosts = []string{"~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"}

// newAccess reads the keys for all worker hosts before the first of them is
// reached, so that passphrases are asked for once, and one after the other.
// The caller closes it.
func newAccess(p plan.Plan, s plan.Probe, cfg Config) (*access, error) {
	a := &access{auth: make(map[string]ssh.AuthMethod)}
	var err error
	if a.hostKeys, err = knownHosts(p, cfg); err != nil {
		return nil, err
	}
	keys := &keyring{plan: p, cfg: cfg, read: make(map[string][]ssh.Signer)}
	for _, w := range s.Workers {
		if w.Local {
			continue
		}
		signers, err := keys.of(w)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", w.Name, err), a.close())
		}
		method, agent, err := remote.PublicKeys(cfg.AgentSocket, signers...)
		if err != nil {
			return nil, errors.Join(err, a.close())
		}
		a.auth[w.Name] = method
		a.open = append(a.open, agent)
	}
	return a, nil
}

func (a *access) close() error {
	var errs []error
	for _, c := range a.open {
		errs = append(errs, c.Close())
	}
	a.open = nil
	return errors.Join(errs...)
}

// knownHosts reads the file that the scan names, or those of ssh(1) that are
// there.
func knownHosts(p plan.Plan, cfg Config) (remote.HostKeys, error) {
	for _, f := range checked(p) {
		if f.Role == plan.RoleKnownHosts {
			return remote.KnownHosts(plan.Resolve(p.Base, cfg.Home, f.Path))
		}
	}
	var there []string
	for _, file := range defaultKnownHosts {
		path := plan.Resolve(p.Base, cfg.Home, file)
		if _, err := os.Stat(path); err == nil {
			there = append(there, path)
		}
	}
	return remote.KnownHosts(there...)
}

func checked(p plan.Plan) []plan.File {
	for _, step := range p.Steps {
		if s, ok := step.(plan.Check); ok {
			return s.Files
		}
	}
	return nil
}

// keyring reads each identity file once.
type keyring struct {
	plan plan.Plan
	cfg  Config
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
	signer, err := remote.PassphraseKeyFile(plan.Resolve(k.plan.Base, k.cfg.Home, file), k.cfg.Ask)
	return []ssh.Signer{signer}, err
}

// usual reads those of the usual keys that are there and need no passphrase;
// the agent may have the others.
func (k *keyring) usual() ([]ssh.Signer, error) {
	var signers []ssh.Signer
	for _, file := range defaultIdentities {
		signer, err := remote.KeyFile(plan.Resolve(k.plan.Base, k.cfg.Home, file))
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

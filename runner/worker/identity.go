package worker

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/remote"
)

// defaultIdentities are tried where no identity is named, as ssh(1) does.
var defaultIdentities = []string{"~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"}

// signers reads the identity files. One that is named must be there and be
// readable without a passphrase; of the default ones those that are.
func (c Config) signers() ([]ssh.Signer, error) {
	var signers []ssh.Signer
	for _, file := range c.Targets.Identities {
		signer, err := remote.KeyFile(c.inHome(file))
		if err != nil {
			return nil, fmt.Errorf("identity: %w", err)
		}
		signers = append(signers, signer)
	}
	if len(c.Targets.Identities) > 0 {
		return signers, nil
	}
	for _, file := range defaultIdentities {
		signer, err := remote.KeyFile(c.inHome(file))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			c.Log("identity left out: %v", err)
		default:
			signers = append(signers, signer)
		}
	}
	return signers, nil
}

// inHome gives the path that "~/…" stands for.
func (c Config) inHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(c.Home, rest)
	}
	return path
}

package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"scanmaster/runner/remote"
)

// defaultIdentities are tried where no identity is named, as ssh(1) does.
var defaultIdentities = []string{"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"}

// agentPatience is how long an agent may take to list its keys.
const agentPatience = 10 * time.Second

// errNoKey tells that no target could be logged in to.
var errNoKey = errors.New("there is no key to log in to targets with: name one as targets.identity (-i), or start an ssh-agent")

// authentication is by the identity files and the agent's keys, in this order.
// The closer ends the connection to the agent.
// Files that ssh_config names need not be there.
func (c Config) authentication(ctx context.Context, configured []string) (ssh.AuthMethod, io.Closer, error) {
	socket := c.AgentSocket
	held, err := agentKeys(ctx, socket)
	if err != nil {
		c.Log("no keys from the ssh-agent: %v", err)
		socket = ""
	}
	signers, err := c.signersOf(configured, held > 0)
	if err != nil {
		return nil, nil, err
	}
	if c.Targets.IdentitiesOnly {
		method, closer, err := remote.PublicKeysOnly(socket, c.named(configured), signers...)
		return method, closer, err
	}
	if len(signers) == 0 && held == 0 {
		return nil, nil, errNoKey
	}
	if held == 0 {
		socket = ""
	}
	return remote.PublicKeys(socket, signers...)
}

// agentKeys counts the keys of an agent.
func agentKeys(ctx context.Context, socket string) (int, error) {
	if socket == "" {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, agentPatience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // whom it cuts off fails
	defer stop()
	keys, err := agent.NewClient(conn).List()
	return len(keys), err
}

// signersOf reads the identity files, those that ssh_config names besides, and the
// certificates for them.
func (c Config) signersOf(configured []string, agent bool) ([]ssh.Signer, error) {
	var signers []ssh.Signer
	var err error
	if len(configured) == 0 || len(c.Targets.Identities) > 0 {
		if signers, err = c.signers(agent); err != nil {
			return nil, err
		}
	}
	for _, file := range configured {
		signer, err := c.keyFile(file)
		if err != nil {
			c.Log("left out: %v", err)
			continue
		}
		signers = append(signers, signer)
	}
	for _, file := range c.Targets.Certificates {
		path, err := c.inHome(file)
		if err == nil {
			signers, err = remote.Certify(signers, path)
		}
		if err != nil {
			return nil, err
		}
	}
	return signers, nil
}

// named are the paths of all identity files that were said.
func (c Config) named(configured []string) []string {
	var paths []string
	for _, file := range slices.Concat(c.Targets.Identities, configured) {
		if path, err := c.inHome(file); err == nil {
			paths = append(paths, path)
		}
	}
	return paths
}

// signers reads the identity files. One that is named must be there and be
// readable without a passphrase, unless an agent may hold it; of the default
// ones those count that are.
func (c Config) signers(agent bool) ([]ssh.Signer, error) {
	files, named := c.Targets.Identities, true
	if len(files) == 0 {
		files, named = defaultIdentities, false
	}
	var signers []ssh.Signer
	for _, file := range files {
		signer, err := c.keyFile(file)
		switch {
		case err == nil:
			signers = append(signers, signer)
		case !named && errors.Is(err, fs.ErrNotExist):
		case !named, agent && errors.Is(err, remote.ErrPassphrase):
			c.Log("left out: %v", err)
		case errors.Is(err, remote.ErrPassphrase):
			return nil, fmt.Errorf("identity: %w; add it to an ssh-agent, or start this at a terminal", err)
		default:
			return nil, fmt.Errorf("identity: %w", err)
		}
	}
	return signers, nil
}

func (c Config) keyFile(file string) (ssh.Signer, error) {
	path, err := c.inHome(file)
	if err != nil {
		return nil, err
	}
	if c.Ask != nil {
		return remote.PassphraseKeyFile(path, c.Ask)
	}
	return remote.KeyFile(path)
}

package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// agentPatience is how long an agent may take for one answer; it may have to
// ask its user. After that the connection to it is given up.
const agentPatience = 30 * time.Second

// errAgent marks the failure of an agent, which says nothing about the host.
var errAgent = errors.New("agent")

// AgentAuth offers the keys of the agent that listens at socket. The closer
// ends the connection to it; until then it serves any number of logins.
func AgentAuth(socket string) (ssh.AuthMethod, io.Closer, error) {
	return PublicKeys(socket)
}

// PublicKeys offers the given keys and after them those of the agent that
// listens at socket, if that isn't empty. It is one method, since of several
// of a kind only the first is tried. The closer ends the connection to the
// agent; it is never nil.
func PublicKeys(socket string, keys ...ssh.Signer) (ssh.AuthMethod, io.Closer, error) {
	return publicKeys(socket, keys, func(ssh.Signer) bool { return true })
}

// PublicKeysOnly is PublicKeys with those of the agent's keys alone whose public halves
// stand in one of the files, or beside it in file.pub (ssh_config(5), IdentitiesOnly).
func PublicKeysOnly(socket string, files []string, keys ...ssh.Signer) (ssh.AuthMethod, io.Closer, error) {
	var wanted []string
	for _, file := range files {
		for _, path := range []string{file + ".pub", file} {
			if text, err := readSmall(path); err == nil {
				if public, _, _, _, err := ssh.ParseAuthorizedKey(text); err == nil {
					wanted = append(wanted, string(public.Marshal()))
				}
			}
		}
	}
	return publicKeys(socket, keys, func(s ssh.Signer) bool { return slices.Contains(wanted, string(s.PublicKey().Marshal())) })
}

func publicKeys(socket string, keys []ssh.Signer, want func(ssh.Signer) bool) (ssh.AuthMethod, io.Closer, error) {
	if socket == "" {
		return ssh.PublicKeys(keys...), io.NopCloser(nil), nil
	}
	conn, err := new(net.Dialer).DialContext(context.Background(), "unix", socket)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errAgent, err)
	}
	held := agent.NewClient(&patient{Conn: conn})
	method := ssh.PublicKeysCallback(func() ([]ssh.Signer, error) {
		more, err := held.Signers()
		if err != nil && len(keys) == 0 {
			return nil, fmt.Errorf("%w: %w", errAgent, err)
		}
		more = slices.DeleteFunc(more, func(s ssh.Signer) bool { return !want(s) })
		// An agent that fails must not keep the keys of files out.
		return slices.Concat(keys, more), nil
	})
	return method, conn, nil
}

// patient is a connection to an agent that doesn't wait for ever: who waits
// there can't be ended by closing the connection to the host.
type patient struct{ net.Conn }

// Write sends a question and sets the time for its answer.
func (p *patient) Write(b []byte) (int, error) {
	if err := p.SetDeadline(time.Now().Add(agentPatience)); err != nil {
		return 0, err
	}
	return p.Conn.Write(b)
}

// Read reads an answer. A late one must not be taken for that of the next
// question, so that a failure ends the connection.
func (p *patient) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if err != nil {
		_ = p.Close()
	}
	return n, err
}

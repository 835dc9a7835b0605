package host

import (
	"context"
	"errors"
	"net"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

// Key is the host key of a worker host, for somebody to judge.
type Key struct {
	// Address is where the host is connected to, as "host:port".
	Address string
	// Type is the key's, such as "ssh-ed25519", and Fingerprint is as ssh-keygen -l
	// prints it.
	Type, Fingerprint string
	// Line records the key in a known_hosts file, without a newline.
	Line string
	// Known tells that the files of ssh(1), or those that ssh_config(5) names, have
	// the key.
	Known bool
}

// HostKey asks a worker host for its key, and ends the connection when it has shown
// it: nobody logs in. It is an error where another key is known, or where a host on
// the way isn't known. Errors of the way are a *remote.Error.
func (a *Access) HostKey(ctx context.Context, w plan.Worker) (Key, error) {
	c, o, err := a.keyless(w)
	if err != nil {
		return Key{}, err
	}
	if c.Jump, err = a.jump(w.Host, o.ProxyJump, 0); err != nil {
		return Key{}, err
	}
	looked := &onlooker{known: c.HostKeys}
	c.HostKeys = looked
	conn, err := c.dial(ctx)
	if err == nil { // which onlooker never lets happen
		return Key{}, errors.Join(errShown, conn.Close())
	}
	if !errors.Is(err, errShown) {
		return Key{}, hinted(err, c.Worker, w.User)
	}
	return looked.key, nil
}

// errShown ends a connection that has done all that it was made for.
var errShown = errors.New("the host has shown its key")

// onlooker remembers the key that a host shows, and lets nobody log in.
type onlooker struct {
	known remote.HostKeys
	key   Key
}

// Algorithms are those that would be asked for to log in.
func (l *onlooker) Algorithms(address string, allowed []string) []string {
	return l.known.Algorithms(address, allowed)
}

// Check looks at the key, whose host has signed with it already.
func (l *onlooker) Check(address string, at net.Addr, key ssh.PublicKey) error {
	err := l.known.Check(address, at, key)
	if refused := new(remote.HostKeyError); errors.As(err, &refused) && refused.Verdict != remote.Unknown {
		return err
	}
	l.key = Key{
		Address: address, Type: key.Type(), Fingerprint: ssh.FingerprintSHA256(key),
		Line: knownhosts.Line([]string{address}, key), Known: err == nil,
	}
	return errShown
}

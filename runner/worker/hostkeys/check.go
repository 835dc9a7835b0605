package hostkeys

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"scanmaster/runner/remote"
)

// Algorithms asks for the keys that are known of an address first, as far as
// they are allowed. Without that an ed25519 key that is known would look changed
// to who is shown the host's other one. Certificates are asked for, unless they
// are allowed by name, only where there is an authority.
func (k *Keys) Algorithms(address string, allowed []string) []string {
	k.mu.Lock()
	types, _ := k.index.known(normal(address))
	k.mu.Unlock()
	certified := false
	if k.lists != nil {
		var listed []string
		listed, certified = k.lists.Recorded(address)
		types = append(types, listed...)
	}
	return remote.HostKeyAlgorithms(allowed, certified, types...)
}

// Check judges the key that a target has shown. The error is a
// *remote.HostKeyError, but where the key could not be recorded.
func (k *Keys) Check(address string, to net.Addr, key ssh.PublicKey) error {
	return k.check(address, to, key, k.cfg.Policy)
}

func (k *Keys) check(address string, to net.Addr, key ssh.PublicKey, policy Policy) error {
	refused := &remote.HostKeyError{Address: address, Key: key, Verdict: remote.Unknown}
	if k.lists != nil {
		err := k.lists.Check(address, to, key)
		if err == nil {
			return nil
		}
		if !errors.As(err, &refused) || refused.Verdict == remote.Revoked || refused.Verdict == remote.Invalid {
			return err
		}
	}
	name := normal(address)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.index.has(name, key.Type(), key.Marshal()) {
		return nil
	}
	types, files := k.index.known(name)
	if len(types) > 0 {
		refused.Verdict = remote.Changed
		refused.Recorded = append(refused.Recorded, files...)
	}
	if refused.Verdict != remote.Unknown || policy == Strict || !slices.Contains(kinds, key.Type()) {
		return refused
	}
	return k.record(name, key)
}

// record remembers a new key, here and for the runs to come. After a failure
// nothing more is recorded, and so no new key accepted. The caller holds mu.
func (k *Keys) record(name string, key ssh.PublicKey) error {
	if k.failed == nil {
		k.failed = k.write(knownhosts.Line([]string{name}, key) + "\n")
	}
	if k.failed != nil {
		return k.failed
	}
	k.index.add(name, key.Type(), key.Marshal(), k.place)
	return nil
}

func (k *Keys) write(line string) (err error) {
	if k.own == nil {
		k.own, err = k.openOwn()
	}
	if err == nil {
		_, err = k.own.WriteString(line)
	}
	if err != nil {
		return fmt.Errorf("recording a host key: %w", err)
	}
	return nil
}

// openOwn opens the own file where its whole lines end.
func (k *Keys) openOwn() (*os.File, error) {
	f, err := k.cfg.Dir.OpenFile(k.cfg.Own, os.O_RDWR)
	if errors.Is(err, fs.ErrNotExist) {
		return k.cfg.Dir.Create(k.cfg.Own)
	}
	if err != nil {
		return nil, err
	}
	err = f.Truncate(k.end.offset)
	if err == nil {
		_, err = f.Seek(0, io.SeekEnd)
	}
	if err == nil && k.end.offset > 0 && !k.end.newline {
		_, err = f.WriteString("\n")
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

package hostkeys

import (
	"errors"
	"net"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/remote"
)

// beside judges some targets by further files, or by another policy.
type beside struct {
	keys   *Keys
	lists  *remote.KnownHostsFiles // nil where there are none
	policy Policy
}

// Beside judges targets by further files, which come first, and by a policy of their
// own. What is recorded is recorded for all. It is good as long as the Keys are.
func (k *Keys) Beside(lists *remote.KnownHostsFiles, policy Policy) remote.HostKeys {
	return beside{k, lists, policy}
}

// Algorithms is as of Keys.
func (b beside) Algorithms(address string, allowed []string) []string {
	if b.lists != nil {
		if types, certified := b.lists.Recorded(address); len(types) > 0 || certified {
			return remote.HostKeyAlgorithms(allowed, certified, types...)
		}
	}
	return b.keys.Algorithms(address, allowed)
}

// Check is as of Keys.
func (b beside) Check(address string, to net.Addr, key ssh.PublicKey) error {
	if b.lists != nil {
		err := b.lists.Check(address, to, key)
		refused := new(remote.HostKeyError)
		if err == nil || !errors.As(err, &refused) || refused.Verdict != remote.Unknown {
			return err
		}
	}
	return b.keys.check(address, to, key, b.policy)
}

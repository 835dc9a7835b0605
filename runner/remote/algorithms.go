package remote

import (
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/job"
)

// Algorithms are those that options name, best first; of a list that they don't name
// the library's own hold.
func Algorithms(o job.TargetOptions) ssh.Algorithms {
	return ssh.Algorithms{KeyExchanges: o.KexAlgorithms, Ciphers: o.Ciphers, MACs: o.MACs, HostKeys: o.HostKeyAlgorithms}
}

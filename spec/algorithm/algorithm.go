// Package algorithm knows the algorithms of SSH by name: which there are, which
// of them are weak, and how lists of them are written.
package algorithm

import (
	"slices"

	"golang.org/x/crypto/ssh"
)

// Kind is what algorithms are for, in words as they stand in a sentence.
type Kind string

// The kinds that two ends agree on in their first messages (RFC 4253, section
// 7.1), each with the option of ssh_config(5) that lists them.
const (
	KeyExchange Kind = "key exchange"       // KexAlgorithms
	Cipher      Kind = "cipher"             // Ciphers
	MAC         Kind = "MAC"                // MACs
	HostKey     Kind = "host key algorithm" // HostKeyAlgorithms
)

// libssh is the name that curve25519-sha256 had before RFC 8731, section 1. The
// library knows both, and lists one.
const libssh = ssh.KeyExchangeCurve25519 + "@libssh.org"

// Sound are the algorithms of the kind that nothing speaks against
// (ssh.SupportedAlgorithms), best first. Of host keys these are the ones that
// can be compared with what is known of a host.
func (k Kind) Sound() []string {
	all := ssh.SupportedAlgorithms()
	switch k {
	case KeyExchange:
		return append(all.KeyExchanges, libssh)
	case Cipher:
		return all.Ciphers
	case MAC:
		return all.MACs
	case HostKey:
		return slices.DeleteFunc(k.Defaults(), func(name string) bool { return name == ssh.KeyAlgoRSA })
	}
	return nil
}

// Weak are those with known weaknesses that can be had by name all the same
// (ssh.InsecureAlgorithms): old hosts may know no others.
func (k Kind) Weak() []string {
	all := ssh.InsecureAlgorithms()
	switch k {
	case KeyExchange:
		return all.KeyExchanges
	case Cipher:
		return all.Ciphers
	case MAC:
		return all.MACs
	case HostKey:
		return all.HostKeys
	}
	return nil
}

// Known tells whether there is an algorithm of that name.
func (k Kind) Known(name string) bool {
	return slices.Contains(k.Sound(), name) || slices.Contains(k.Weak(), name)
}

// Defaults are what is offered where nothing is said, best first: the library's
// (ssh.Config), and of host keys certificates and plain keys in OpenSSH's order.
func (k Kind) Defaults() []string {
	var config ssh.Config
	config.SetDefaults()
	switch k {
	case KeyExchange:
		return slices.Clone(config.KeyExchanges)
	case Cipher:
		return slices.Clone(config.Ciphers)
	case MAC:
		return slices.Clone(config.MACs)
	case HostKey:
		return slices.Clone(hostKeys)
	}
	return nil
}

var hostKeys = []string{
	ssh.CertAlgoED25519v01,
	ssh.CertAlgoECDSA256v01, ssh.CertAlgoECDSA384v01, ssh.CertAlgoECDSA521v01,
	ssh.CertAlgoRSASHA512v01, ssh.CertAlgoRSASHA256v01,
	ssh.KeyAlgoED25519,
	ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
	ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA,
}

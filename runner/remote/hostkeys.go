package remote

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// HostKeys judges the keys of hosts. It is used by several connections at a
// time, and by one connection again at each renewal of its keys.
type HostKeys interface {
	// Algorithms are the host key algorithms to ask address ("host:port")
	// for, best first; nil means the library's choice. They are all of the
	// allowed ones, where there are any, and should begin with those of the
	// keys that are known, as HostKeyAlgorithms has them: else a host of which
	// one key is known may show another.
	Algorithms(address string, allowed []string) []string
	// Check judges the key that the host at address showed; remote is where
	// the connection went. An error refuses it. No deadline ends it, so it
	// must not wait for anything.
	Check(address string, remote net.Addr, key ssh.PublicKey) error
}

// HostKeysOff accepts whatever key a host shows, as the classic suite does:
// who can stand in the way can pose as the host, and is given what is sent.
type HostKeysOff struct{}

// Algorithms are the allowed ones; where none are said, the choice is the
// library's.
func (HostKeysOff) Algorithms(_ string, allowed []string) []string { return allowed }

// Check accepts.
func (HostKeysOff) Check(string, net.Addr, ssh.PublicKey) error { return nil }

// preferred are the algorithms of plain keys in OpenSSH's order.
var preferred = []string{
	ssh.KeyAlgoED25519,
	ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
	ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA,
}

// certificates are the algorithms of certified keys in OpenSSH's order.
var certificates = []string{
	ssh.CertAlgoED25519v01,
	ssh.CertAlgoECDSA256v01, ssh.CertAlgoECDSA384v01, ssh.CertAlgoECDSA521v01,
	ssh.CertAlgoRSASHA512v01, ssh.CertAlgoRSASHA256v01,
}

// HostKeyAlgorithms is what to ask a host for of which keys of the given types
// are known (ssh.PublicKey.Type): first what these can sign, then all others,
// so that a changed key is seen as such. Before all come certificates where the
// host is certified, that is, an authority is known for it; otherwise these come
// last. None is left out of the allowed ones, and among equals their order
// holds. Where none are said, all are allowed but for certificates of who isn't
// certified.
func HostKeyAlgorithms(allowed []string, certified bool, known ...string) []string {
	if len(allowed) == 0 {
		allowed = preferred
		if certified {
			allowed = slices.Concat(certificates, preferred)
		}
	}
	rank := func(algorithm string) int {
		switch certificate := strings.Contains(algorithm, "-cert-"); {
		case certificate && certified:
			return 0
		case slices.ContainsFunc(known, func(kind string) bool { return signs(kind, algorithm) }):
			return 1
		case !certificate:
			return 2
		}
		return 3
	}
	sorted := slices.Clone(allowed)
	slices.SortStableFunc(sorted, func(a, b string) int { return rank(a) - rank(b) })
	return sorted
}

// signs reports whether a signature by a key of a type can be of the algorithm.
func signs(kind, algorithm string) bool {
	if kind == ssh.KeyAlgoRSA { // RFC 8332, section 3
		return slices.Contains([]string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}, algorithm)
	}
	return kind == algorithm
}

// Verdict is why a host key is not accepted.
type Verdict string

// The verdicts.
const (
	Unknown Verdict = "unknown"     // nothing is recorded of the host
	Changed Verdict = "changed"     // another key is recorded of it
	Revoked Verdict = "revoked"     // the key is recorded as revoked
	Invalid Verdict = "not trusted" // a certificate that doesn't hold
)

// HostKeyError tells that a host showed a key that is not accepted.
type HostKeyError struct {
	Address string // "host:port"
	Key     ssh.PublicKey
	Verdict Verdict
	// Recorded is where what speaks against it stands, as "file:line".
	Recorded []string
	// Err is what the check said, where that adds something.
	Err error
}

// Error names the host, the fingerprint and the verdict.
func (e *HostKeyError) Error() string {
	text := fmt.Sprintf("the host key of %s is %s: %s %s", e.Address, e.Verdict, e.Key.Type(), e.Fingerprint())
	if len(e.Recorded) > 0 {
		text += fmt.Sprintf(", recorded in %s", e.Recorded[0])
	}
	if e.Err != nil {
		text += fmt.Sprintf(" (%v)", e.Err)
	}
	return text
}

// Unwrap gives what the check said.
func (e *HostKeyError) Unwrap() error { return e.Err }

// Fingerprint is the key's, as ssh-keygen -l prints it.
func (e *HostKeyError) Fingerprint() string { return ssh.FingerprintSHA256(e.Key) }

// Line is what would record the key in a known_hosts file, without a newline.
func (e *HostKeyError) Line() string { return knownhosts.Line([]string{e.Address}, e.Key) }

package remote

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// KnownHostsFiles are known_hosts files (sshd(8), "SSH_KNOWN_HOSTS FILE
// FORMAT"), read once, and strict: a host that isn't in them is refused.
type KnownHostsFiles struct {
	check       ssh.HostKeyCallback
	authorities []string // "file:line" of each @cert-authority
}

// KnownHosts reads the given files, hashed names, "[host]:port",
// @cert-authority and @revoked included. A file that isn't there is an error.
// The keys are looked up one by one: it is made for few hosts.
func KnownHosts(files ...string) (*KnownHostsFiles, error) {
	k := new(KnownHostsFiles)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("known hosts: %w", err)
		}
		n := 0
		for line := range bytes.Lines(text) {
			n++
			if bytes.HasPrefix(bytes.TrimSpace(line), []byte("@cert-authority")) {
				k.authorities = append(k.authorities, place(file, n))
			}
		}
	}
	var err error
	if k.check, err = knownhosts.New(files...); err != nil {
		return nil, fmt.Errorf("known hosts: %w", err)
	}
	return k, nil
}

// Algorithms are those of the keys recorded for address first, as far as they
// are allowed. Certificates are asked for, unless they are allowed by name, only
// where an authority is recorded for it.
func (k *KnownHostsFiles) Algorithms(address string, allowed []string) []string {
	types, certified := k.Recorded(address)
	return HostKeyAlgorithms(allowed, certified, types...)
}

// Recorded gives the types of the keys that are recorded for address
// (ssh.PublicKey.Type), and whether an authority is.
func (k *KnownHostsFiles) Recorded(address string) (types []string, certified bool) {
	for _, known := range k.recorded(address) {
		if slices.Contains(k.authorities, place(known.Filename, known.Line)) {
			certified = true
		} else {
			types = append(types, known.Key.Type())
		}
	}
	return types, certified
}

// recorded are the keys of address, which the library tells only to who shows
// a key that is none of them.
func (k *KnownHostsFiles) recorded(address string) []knownhosts.KnownKey {
	mismatch := new(knownhosts.KeyError)
	if errors.As(k.check(folded(address), new(net.TCPAddr), noKey{}), &mismatch) {
		return mismatch.Want
	}
	return nil
}

// Check accepts a key that is recorded for address, or certified by an
// authority that is. The error is a *HostKeyError.
func (k *KnownHostsFiles) Check(address string, remote net.Addr, key ssh.PublicKey) error {
	err := k.check(folded(address), remote, key)
	if err == nil {
		return nil
	}
	refused := &HostKeyError{Address: address, Key: key, Verdict: Invalid, Err: err}
	mismatch := new(knownhosts.KeyError)
	if at := k.revoked(address, remote, key); at != "" {
		refused.Verdict, refused.Recorded, refused.Err = Revoked, []string{at}, nil
	} else if errors.As(err, &mismatch) {
		refused.Verdict, refused.Err = Unknown, nil
		for _, known := range mismatch.Want {
			// An authority says nothing against a key without a certificate.
			if at := place(known.Filename, known.Line); !slices.Contains(k.authorities, at) {
				refused.Verdict, refused.Recorded = Changed, append(refused.Recorded, at)
			}
		}
	}
	return refused
}

// revoked is where the key is recorded as revoked, or of a certificate the key
// in it or its authority's; "" where none is.
func (k *KnownHostsFiles) revoked(address string, remote net.Addr, key ssh.PublicKey) string {
	keys := []ssh.PublicKey{key}
	if certificate, ok := key.(*ssh.Certificate); ok {
		keys = []ssh.PublicKey{certificate.Key, certificate.SignatureKey}
	}
	for _, key := range keys {
		if found := new(knownhosts.RevokedError); errors.As(k.check(folded(address), remote, key), &found) {
			return place(found.Revoked.Filename, found.Revoked.Line)
		}
	}
	return ""
}

// folded is address as ssh(1) looks it up: host names in lower case.
func folded(address string) string { return strings.ToLower(address) }

func place(file string, line int) string { return fmt.Sprintf("%s:%d", file, line) }

// noKey is a key that is recorded nowhere.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return []byte("none") }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("not a key") }

package algorithm_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/spec/algorithm"
)

var kinds = []algorithm.Kind{algorithm.KeyExchange, algorithm.Cipher, algorithm.MAC, algorithm.HostKey}

func TestWhatIsOfferedByItselfIsKnown(t *testing.T) {
	for _, k := range kinds {
		if len(k.Defaults()) < 5 || len(k.Sound()) < 5 || len(k.Weak()) == 0 {
			t.Errorf("%s: %q, %q, %q", k, k.Defaults(), k.Sound(), k.Weak())
		}
		for _, name := range k.Defaults() {
			if !k.Known(name) {
				t.Errorf("%s %s is offered, and not known", k, name)
			}
		}
		for _, name := range k.Weak() {
			if slices.Contains(k.Sound(), name) {
				t.Errorf("%s %s is both sound and weak", k, name)
			}
		}
	}
	if first := algorithm.KeyExchange.Defaults()[0]; first != ssh.KeyExchangeMLKEM768X25519 {
		t.Errorf("%s is offered first", first)
	}
}

func TestAllHostKeysAreTheLibrarys(t *testing.T) {
	library := slices.Concat(ssh.SupportedAlgorithms().HostKeys, ssh.InsecureAlgorithms().HostKeys)
	for _, name := range slices.Concat(algorithm.HostKey.Sound(), algorithm.HostKey.Weak()) {
		if !slices.Contains(library, name) {
			t.Errorf("the library has no %s", name)
		}
	}
	for _, name := range library {
		// What proves a host is compared by hostkeys, which has no ML-DSA keys.
		if !algorithm.HostKey.Known(name) && !strings.HasPrefix(name, "ssh-mldsa") {
			t.Errorf("%s is the library's, and not known", name)
		}
	}
}

func TestOneKindsAlgorithmIsNoneOfAnother(t *testing.T) {
	if algorithm.Cipher.Known(ssh.HMACSHA256) || algorithm.KeyExchange.Known("") || algorithm.Kind("x").Known(ssh.HMACSHA256) {
		t.Error("they are known")
	}
}

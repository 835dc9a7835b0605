package remote_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
	"scanmaster/spec/algorithm"
)

// agreed logs in and asks the host what was agreed on.
func agreed(t *testing.T, addr string, how remote.Login) string {
	t.Helper()
	var out bytes.Buffer
	exit, err := logIn(t, addr, how).Run(context.Background(), remote.Command{Line: "echo $SSH_ALGORITHMS", Stdout: &out})
	if err != nil || exit.Status != 0 {
		t.Fatalf("%+v: %v", exit, err)
	}
	return strings.TrimSpace(out.String())
}

func TestTheAlgorithmsAreThoseThatAreNamed(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{}).String()
	for want, algorithms := range map[string]ssh.Algorithms{
		"mlkem768x25519-sha256 ssh-ed25519 aes128-gcm@openssh.com": {},
		"curve25519-sha256 ssh-ed25519 aes128-gcm@openssh.com":     {KeyExchanges: []string{"curve25519-sha256"}},
		"ecdh-sha2-nistp384 ssh-ed25519 aes256-ctr hmac-sha2-512": {
			KeyExchanges: []string{"ecdh-sha2-nistp384", "curve25519-sha256"}, HostKeys: []string{"rsa-sha2-512", "ssh-ed25519"},
			Ciphers: []string{"aes256-ctr", "aes128-gcm@openssh.com"}, MACs: []string{"hmac-sha2-512", "hmac-sha2-256"},
		},
	} {
		how := loginBy(key)
		how.Algorithms = algorithms
		if got := agreed(t, addr, how); got != want {
			t.Errorf("agreed on %s, want %s", got, want)
		}
	}
}

// TestEveryKnownAlgorithmIsOffered has a host that takes one only: what is
// accepted by name, weak ones too, can be agreed on.
func TestEveryKnownAlgorithmIsOffered(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	for _, k := range []algorithm.Kind{algorithm.KeyExchange, algorithm.Cipher, algorithm.MAC} {
		for _, name := range slices.Concat(k.Sound(), k.Weak()) {
			var only ssh.Algorithms
			switch k {
			case algorithm.KeyExchange:
				only.KeyExchanges = []string{name}
			case algorithm.Cipher:
				only.Ciphers = []string{name}
			default:
				only.Ciphers, only.MACs = []string{"aes128-ctr"}, []string{name}
			}
			how := loginBy(key)
			how.Algorithms = only
			offers := fleet.Behaviour{Algorithms: only}
			if name == "diffie-hellman-group-exchange-sha1" || name == "diffie-hellman-group-exchange-sha256" {
				offers.Algorithms = ssh.Algorithms{KeyExchanges: []string{"diffie-hellman-group14-sha256"}}
				wantOffered(t, add(t, f, offers).String(), how, name) // the library serves none of these
				continue
			}
			if got := agreed(t, add(t, f, offers).String(), how); !slices.Contains(strings.Fields(got), name) {
				t.Errorf("agreed on %s, want %s", got, name)
			}
		}
	}
}

// wantOffered wants a login to fail since the host takes something else.
func wantOffered(t *testing.T, addr string, how remote.Login, name string) {
	t.Helper()
	_, err := reach(t, addr).Login(context.Background(), how)
	if none := new(remote.NoCommonError); !errors.As(err, &none) || !slices.Equal(none.Ours, []string{name}) {
		t.Errorf("got %v, want that %s was offered", err, name)
	}
}

func TestAHostWithNothingInCommonIsToldOf(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	old := fleet.Behaviour{Algorithms: ssh.Algorithms{
		KeyExchanges: []string{"diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1"},
		Ciphers:      []string{"aes128-cbc", "aes128-ctr"}, MACs: []string{"hmac-sha1"},
	}}
	kex := []string{"diffie-hellman-group14-sha1"}
	for want, c := range map[string]struct {
		how  ssh.Algorithms
		kind remote.Kind
	}{
		"no common key exchange: it offers diffie-hellman-group1-sha1, diffie-hellman-group14-sha1; it was offered ecdh-sha2-nistp256": {
			ssh.Algorithms{KeyExchanges: []string{"ecdh-sha2-nistp256"}}, remote.KindProtocol,
		},
		"no common client to server cipher: it offers aes128-cbc, aes128-ctr; it was offered aes256-ctr": {
			ssh.Algorithms{KeyExchanges: kex, Ciphers: []string{"aes256-ctr"}}, remote.KindProtocol,
		},
		"no common client to server MAC: it offers hmac-sha1; it was offered hmac-sha2-256": {
			ssh.Algorithms{KeyExchanges: kex, MACs: []string{"hmac-sha2-256"}}, remote.KindProtocol,
		},
		"no common host key: it offers ssh-ed25519; it was offered ssh-rsa, rsa-sha2-256": {
			ssh.Algorithms{KeyExchanges: kex, HostKeys: []string{"ssh-rsa", "rsa-sha2-256"}}, remote.KindHostKey,
		},
	} {
		how := loginBy(key)
		how.Algorithms = c.how
		_, err := reach(t, add(t, f, old).String()).Login(context.Background(), how)
		wantError(t, err, remote.PhaseAuth, c.kind)
		if e := new(remote.Error); errors.As(err, &e) && e.Err.Error() != want {
			t.Errorf("it says %s, want %s", e.Err, want)
		}
	}
}

// testAlgorithms is a host that takes one algorithm of each kind only, whoever
// serves: by their names one gets in, and by others one is told them.
func testAlgorithms(t *testing.T, start starter) {
	t.Helper()
	only := ssh.Algorithms{
		KeyExchanges: []string{"ecdh-sha2-nistp384"}, Ciphers: []string{"aes256-ctr"}, MACs: []string{"hmac-sha2-512-etm@openssh.com"},
	}
	h := start(t, setting{only: only})
	how := h.how
	how.Algorithms = only
	how.Algorithms.HostKeys = []string{"ssh-rsa", h.key.Type()}
	if exit, err := logIn(t, h.addr, how).Run(context.Background(), remote.Command{Line: "exit 3"}); err != nil || exit.Status != 3 {
		t.Errorf("%+v: %v", exit, err)
	}
	for want, change := range map[string]func(*ssh.Algorithms){
		"no common key exchange: it offers ecdh-sha2-nistp384; it was offered diffie-hellman-group-exchange-sha256": func(a *ssh.Algorithms) {
			a.KeyExchanges = []string{"diffie-hellman-group-exchange-sha256"}
		},
		"no common client to server cipher: it offers aes256-ctr; it was offered aes128-ctr": func(a *ssh.Algorithms) {
			a.Ciphers = []string{"aes128-ctr"}
		},
		"no common client to server MAC: it offers hmac-sha2-512-etm@openssh.com; it was offered hmac-sha2-512": func(a *ssh.Algorithms) {
			a.MACs = []string{"hmac-sha2-512"}
		},
		"no common host key: it offers " + h.key.Type() + "; it was offered ecdsa-sha2-nistp521": func(a *ssh.Algorithms) {
			a.HostKeys = []string{"ecdsa-sha2-nistp521"}
		},
	} {
		other := how
		change(&other.Algorithms)
		_, err := reach(t, h.addr).Login(context.Background(), other)
		if e := new(remote.Error); !errors.As(err, &e) || e.Err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestKnownHostKeysComeFirstAmongTheAllowed(t *testing.T) {
	const ed, rsa, old, ec, edCert = ssh.KeyAlgoED25519, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSA, ssh.KeyAlgoECDSA256, ssh.CertAlgoED25519v01
	for _, c := range []struct {
		allowed   []string
		certified bool
		known     string
		want      []string
	}{
		{[]string{ec, ed}, false, "", []string{ec, ed}},
		{[]string{ec, ed}, false, ed, []string{ed, ec}},
		{[]string{ed, old, rsa}, false, ssh.KeyAlgoRSA, []string{old, rsa, ed}},
		{[]string{ed}, false, ec, []string{ed}},
		{[]string{edCert, ec, ed}, false, ed, []string{ed, ec, edCert}},
		{[]string{ec, edCert, ed}, true, ed, []string{edCert, ed, ec}},
		{[]string{edCert}, false, "", []string{edCert}},
		{[]string{ed}, true, "", []string{ed}},
	} {
		if got := remote.HostKeyAlgorithms(c.allowed, c.certified, c.known); !slices.Equal(got, c.want) {
			t.Errorf("of %q, with %q known, authority %t: %q, want %q", c.allowed, c.known, c.certified, got, c.want)
		}
	}
	allowed := []string{ec, ed}
	if got := (remote.HostKeysOff{}).Algorithms("web1:22", allowed); !slices.Equal(got, allowed) {
		t.Errorf("where nothing is looked up: %q", got)
	}
	// What a list that begins with + or - changes is what is offered by itself.
	if got, want := algorithm.HostKey.Defaults(), remote.HostKeyAlgorithms(nil, true); !slices.Equal(got, want) {
		t.Errorf("said twice, and not the same: %q and %q", got, want)
	}
}

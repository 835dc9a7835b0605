package remote_test

import (
	"crypto/rand"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// setting is what a host is to be like.
type setting struct {
	noSFTP     bool
	hostKey    string          // its private key, as in a file; "" makes one
	authority  ssh.Signer      // certifies the host key; nil is none
	authorized []ssh.PublicKey // let in besides how's
	only       ssh.Algorithms  // all that it takes; where none, its own
}

// host is a server that runs scripts for real: one of the fleet, or an sshd.
type host struct {
	addr string
	how  remote.Login  // lets one in
	home string        // of the account
	key  ssh.PublicKey // the host's, without its certificate
}

// config is how to dial the host.
func (h host) config() remote.HostConfig {
	return remote.HostConfig{
		Address: h.addr, User: h.how.User, Auth: h.how.Auth, HostKeys: h.how.HostKeys,
		Connect: patience, Handshake: patience,
	}
}

// starter starts a host that lives as long as the test.
type starter func(t testing.TB, s setting) host

// testHost is what must hold whoever serves.
func testHost(t *testing.T, start starter) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, starter){
		"run": testRun, "upload": testUpload, "files": testFiles, "terminal": testTerminal, "keep alive": testKeepAlive,
		"host keys": testHostKeys, "certified host keys": testCertifiedHostKeys, "passphrase": testPassphrase,
		"algorithms": testAlgorithms, "jump": testJump,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start)
		})
	}
}

func TestHostsOfTheFleet(t *testing.T) { testHost(t, startOfFleet) }

func startOfFleet(t testing.TB, s setting) host {
	t.Helper()
	plain, certificate := hostKeys(t, &s)
	home := t.TempDir()
	f, key := newFleet(t, fleet.Config{HostKey: plain, HostCertificate: certificate, NoSFTP: s.noSFTP, Authorized: s.authorized, Dir: home})
	return host{addr: add(t, f, fleet.Behaviour{Algorithms: s.only}).String(), how: loginBy(key), home: home, key: plain.PublicKey()}
}

// hostKeys are the host key of a setting, and its certificate, if any.
func hostKeys(t testing.TB, s *setting) (ssh.Signer, *ssh.Certificate) {
	t.Helper()
	if s.hostKey == "" {
		_, s.hostKey = newPrivate(t, "")
	}
	key, err := ssh.ParsePrivateKey([]byte(s.hostKey))
	if err != nil {
		t.Fatal(err)
	}
	if s.authority == nil {
		return key, nil
	}
	certificate := &ssh.Certificate{
		Key: key.PublicKey(), CertType: ssh.HostCert, ValidPrincipals: []string{"127.0.0.1"},
		ValidBefore: ssh.CertTimeInfinity,
	}
	if err := certificate.SignCert(rand.Reader, s.authority); err != nil {
		t.Fatal(err)
	}
	return key, certificate
}

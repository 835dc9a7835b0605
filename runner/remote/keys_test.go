package remote_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// newPrivate gives a private key and its file's content.
func newPrivate(t testing.TB, passphrase string) (private ed25519.PrivateKey, text string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return private, string(pem.EncodeToMemory(block))
}

func TestKeyFilesAreRead(t *testing.T) {
	private, text := newPrivate(t, "")
	key, err := remote.KeyFile(writeFile(t, "id", text))
	if err != nil {
		t.Fatal(err)
	}
	want, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if string(key.PublicKey().Marshal()) != string(want.PublicKey().Marshal()) {
		t.Error("another key was read")
	}
}

func TestACertificateBesideTheKeyIsShown(t *testing.T) {
	private, text := newPrivate(t, "")
	plain, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certificate := &ssh.Certificate{Key: plain.PublicKey(), CertType: ssh.UserCert, ValidPrincipals: []string{"root"}, ValidBefore: ssh.CertTimeInfinity}
	if err := certificate.SignCert(rand.Reader, newKey(t)); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		beside string
		shown  string // the type of key; "" is an error
	}{
		"a certificate":         {string(ssh.MarshalAuthorizedKey(certificate)), ssh.CertAlgoED25519v01},
		"rubbish":               {"rubbish", ""},
		"a plain key":           {string(ssh.MarshalAuthorizedKey(plain.PublicKey())), ""},
		"another's certificate": {otherCertificate(t), ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := writeFile(t, "id", text)
			overwrite(t, path+"-cert.pub", c.beside)
			key, err := remote.KeyFile(path)
			if (err == nil) != (c.shown != "") {
				t.Fatalf("got %v", err)
			}
			if err == nil && key.PublicKey().Type() != c.shown {
				t.Errorf("it shows a %s", key.PublicKey().Type())
			}
		})
	}
}

// TestACertificateIsPutBeforeItsKey has the key among others, and none that it is for.
func TestACertificateIsPutBeforeItsKey(t *testing.T) {
	key := newKey(t)
	certificate := &ssh.Certificate{Key: key.PublicKey(), CertType: ssh.UserCert, ValidPrincipals: []string{"root"}, ValidBefore: ssh.CertTimeInfinity}
	if err := certificate.SignCert(rand.Reader, newKey(t)); err != nil {
		t.Fatal(err)
	}
	path := writeFile(t, "cert", string(ssh.MarshalAuthorizedKey(certificate)))
	keys, err := remote.Certify([]ssh.Signer{newKey(t), key}, path)
	if err != nil || len(keys) != 3 || keys[0].PublicKey().Type() != ssh.CertAlgoED25519v01 || keys[2] != key {
		t.Errorf("%v, %v", keys, err)
	}
	if _, err := remote.Certify([]ssh.Signer{newKey(t)}, path); err == nil || !strings.Contains(err.Error(), "none of the keys is the one that it is for") {
		t.Errorf("another key: %v", err)
	}
	if _, err := remote.Certify([]ssh.Signer{key}, writeFile(t, "bad", "rubbish")); err == nil {
		t.Error("rubbish was taken")
	}
}

func otherCertificate(t testing.TB) string {
	t.Helper()
	certificate := &ssh.Certificate{Key: newKey(t).PublicKey(), CertType: ssh.UserCert, ValidPrincipals: []string{"root"}}
	if err := certificate.SignCert(rand.Reader, newKey(t)); err != nil {
		t.Fatal(err)
	}
	return string(ssh.MarshalAuthorizedKey(certificate))
}

func TestKeyFilesThatCannotBeUsedTellWhy(t *testing.T) {
	_, text := newPrivate(t, "secret")
	if _, err := remote.KeyFile(writeFile(t, "id", text)); !errors.Is(err, remote.ErrPassphrase) {
		t.Errorf("got %v, want ErrPassphrase", err)
	}
	if _, err := remote.KeyFile(filepath.Join(t.TempDir(), "nosuch")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it isn't there", err)
	}
	if _, err := remote.KeyFile(writeFile(t, "id", "rubbish")); err == nil || strings.Contains(err.Error(), "rubbish") {
		t.Errorf("got %v, want an error without what stands in the file", err)
	}
}

func TestAKeyFileThatIsNoneNeverHangs(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	large := writeFile(t, "large", strings.Repeat("x", 1<<20+1))
	for _, path := range []string{fifo, "/dev/zero", t.TempDir(), large} {
		if _, err := remote.KeyFile(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want that it can't be a key", path, err)
		}
	}
}

// newAgent is an agent that holds a key, and its socket.
func newAgent(t testing.TB, serve func(agent.Agent, net.Conn)) (socket string, key ssh.PublicKey) {
	t.Helper()
	private, _ := newPrivate(t, "")
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: private}); err != nil {
		t.Fatal(err)
	}
	public, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(t.TempDir(), "agent")
	l, err := new(net.ListenConfig).Listen(context.Background(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if conn, err := l.Accept(); err == nil {
			serve(keys, conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-served
	})
	return socket, public
}

func serveAgent(keys agent.Agent, conn net.Conn) { _ = agent.ServeAgent(keys, conn) }

func TestAnAgentLetsOneIn(t *testing.T) {
	socket, public := newAgent(t, serveAgent)
	f, _ := newFleet(t, fleet.Config{Authorized: []ssh.PublicKey{public}})
	method, closer, err := remote.AgentAuth(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closer.Close() }()
	how := loginBy(newKey(t))
	how.Auth = []ssh.AuthMethod{method}
	addr := add(t, f, fleet.Behaviour{}).String()
	for range 2 { // one connection to the agent serves them all
		if err := logIn(t, addr, how).Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestKeysOfFilesAndAgentAreBothOffered(t *testing.T) {
	socket, public := newAgent(t, serveAgent)
	f, key := newFleet(t, fleet.Config{})
	byAgent, _ := newFleet(t, fleet.Config{Authorized: []ssh.PublicKey{public}})
	method, closer, err := remote.PublicKeys(socket, key)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closer.Close() }()
	how := loginBy(key)
	how.Auth = []ssh.AuthMethod{method}
	for _, addr := range []string{add(t, f, fleet.Behaviour{}).String(), add(t, byAgent, fleet.Behaviour{}).String()} {
		if err := logIn(t, addr, how).Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAnAgentThatHangsUpDoesNotKeepFilesOut(t *testing.T) {
	socket, _ := newAgent(t, func(agent.Agent, net.Conn) {})
	f, key := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{}).String()
	method, closer, err := remote.PublicKeys(socket, key)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closer.Close() }()
	how := loginBy(key)
	how.Auth = []ssh.AuthMethod{method}
	if err := logIn(t, addr, how).Close(); err != nil {
		t.Error(err)
	}
}

func TestAnAgentWithoutAnswerIsAFailureOfOurs(t *testing.T) {
	socket, _ := newAgent(t, func(_ agent.Agent, conn net.Conn) { _, _ = io.CopyN(io.Discard, conn, 1) })
	f, _ := newFleet(t, fleet.Config{})
	method, closer, err := remote.AgentAuth(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closer.Close() }()
	how := loginBy(newKey(t))
	how.Auth = []ssh.AuthMethod{method}
	_, err = reach(t, add(t, f, fleet.Behaviour{}).String()).Login(context.Background(), how)
	wantError(t, err, remote.PhaseAuth, remote.KindLocal)
}

func TestNoAgentIsAnError(t *testing.T) {
	if _, _, err := remote.AgentAuth(filepath.Join(t.TempDir(), "nosuch")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it isn't there", err)
	}
	method, closer, err := remote.PublicKeys("", newKey(t))
	if err != nil || method == nil || closer == nil {
		t.Fatalf("without an agent: %v", err)
	}
	if err := closer.Close(); err != nil {
		t.Error(err)
	}
}

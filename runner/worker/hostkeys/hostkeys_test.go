package hostkeys_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"scanmaster/runner/remote"
	"scanmaster/runner/share"
	"scanmaster/runner/worker/hostkeys"
)

var peer = &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 22}

func ed25519Key(t *testing.T) ssh.PublicKey {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecdsaKey(t *testing.T) ssh.PublicKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// folder is a folder of host keys.
type folder struct{ path string }

func newFolder(t *testing.T) folder {
	t.Helper()
	return folder{t.TempDir()}
}

func (f folder) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(f.path, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (f folder) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(f.path, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// open opens the folder for the worker of chunk xaa.
func (f folder) open(t *testing.T, policy hostkeys.Policy, files ...string) (*hostkeys.Keys, error) {
	t.Helper()
	dir, err := share.Open(f.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dir.Close() })
	return hostkeys.Open(hostkeys.Config{Dir: dir, Own: "audit.xaa", Policy: policy, Files: files})
}

func (f folder) mustOpen(t *testing.T, policy hostkeys.Policy, files ...string) *hostkeys.Keys {
	t.Helper()
	k, err := f.open(t, policy, files...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func closed(t *testing.T, k *hostkeys.Keys) {
	t.Helper()
	if err := k.Close(); err != nil {
		t.Error(err)
	}
}

func wantAccepted(t *testing.T, k *hostkeys.Keys, address string, key ssh.PublicKey) {
	t.Helper()
	if err := k.Check(address, peer, key); err != nil {
		t.Errorf("%s: %v", address, err)
	}
}

// wantRefused gives where what speaks against the key is recorded.
func wantRefused(t *testing.T, k *hostkeys.Keys, address string, key ssh.PublicKey, verdict remote.Verdict) []string {
	t.Helper()
	refused := new(remote.HostKeyError)
	if err := k.Check(address, peer, key); !errors.As(err, &refused) || refused.Verdict != verdict {
		t.Fatalf("%s: got %v, want %s", address, err, verdict)
	}
	if !strings.Contains(refused.Error(), ssh.FingerprintSHA256(key)) {
		t.Errorf("%q does not say which key it was", refused)
	}
	return refused.Recorded
}

func line(key ssh.PublicKey, names ...string) string { return knownhosts.Line(names, key) + "\n" }

func TestANewKeyIsRecordedAndAChangedOneRefused(t *testing.T) {
	f, key, other := newFolder(t), ed25519Key(t), ed25519Key(t)
	k := f.mustOpen(t, hostkeys.AcceptNew)
	for _, address := range []string{"10.0.0.1:22", "Web1.example.com:2222", "[2001:db8::7]:22"} {
		wantAccepted(t, k, address, key)
		wantAccepted(t, k, address, key)
		wantRefused(t, k, address, other, remote.Changed)
	}
	closed(t, k)
	if got, want := f.read(t, "audit.xaa"), line(key, "10.0.0.1:22")+line(key, "web1.example.com:2222")+line(key, "[2001:db8::7]:22"); got != want {
		t.Errorf("recorded\n%swant\n%s", got, want)
	}
	again := f.mustOpen(t, hostkeys.Strict)
	defer closed(t, again)
	wantAccepted(t, again, "web1.EXAMPLE.com:2222", key)
	recorded := wantRefused(t, again, "10.0.0.1:22", other, remote.Changed)
	if want := []string{filepath.Join(f.path, "audit.xaa")}; !slices.Equal(recorded, want) {
		t.Errorf("recorded in %q, want %q", recorded, want)
	}
}

func TestWhatAnotherWorkerHasRecordedCounts(t *testing.T) {
	f, key, rotated := newFolder(t), ed25519Key(t), ed25519Key(t)
	f.write(t, "audit.xab", line(key, "10.0.0.1:22"))
	f.write(t, "patches.xaa", line(rotated, "10.0.0.1:22")+line(rotated, "10.0.0.1:22"))
	k := f.mustOpen(t, hostkeys.AcceptNew)
	defer closed(t, k)
	wantAccepted(t, k, "10.0.0.1:22", key)
	wantAccepted(t, k, "10.0.0.1:22", rotated)
	if recorded := wantRefused(t, k, "10.0.0.1:22", ed25519Key(t), remote.Changed); len(recorded) != 2 {
		t.Errorf("recorded in %q, want both files", recorded)
	}
	if _, err := os.Stat(filepath.Join(f.path, "audit.xaa")); err == nil {
		t.Error("there was nothing to record, and a file was made")
	}
}

func TestAKeyOfAnotherTypeIsAChangedKey(t *testing.T) {
	f := newFolder(t)
	k := f.mustOpen(t, hostkeys.AcceptNew)
	defer closed(t, k)
	wantAccepted(t, k, "10.0.0.1:22", ecdsaKey(t))
	wantRefused(t, k, "10.0.0.1:22", ed25519Key(t), remote.Changed)
	if first := k.Algorithms("10.0.0.1:22", nil)[0]; first != ssh.KeyAlgoECDSA256 {
		t.Errorf("%s is asked for first, and it is an ecdsa key that is known", first)
	}
	unknown := k.Algorithms("10.0.0.2:22", nil)
	if unknown[0] != ssh.KeyAlgoED25519 || slices.ContainsFunc(unknown, isCertificate) {
		t.Errorf("an unknown host is asked for %q", unknown)
	}
}

func isCertificate(algorithm string) bool { return strings.Contains(algorithm, "-cert-") }

func TestStrictRefusesWhatIsNotKnown(t *testing.T) {
	f, key := newFolder(t), ed25519Key(t)
	k := f.mustOpen(t, hostkeys.Strict)
	defer closed(t, k)
	wantRefused(t, k, "10.0.0.1:22", key, remote.Unknown)
	wantRefused(t, k, "10.0.0.1:22", key, remote.Unknown)
}

func TestTheUsersOwnFilesCountWhateverTheyHold(t *testing.T) {
	f := newFolder(t)
	plain, hashed, pattern, revoked := ed25519Key(t), ed25519Key(t), ed25519Key(t), ed25519Key(t)
	files := []string{
		newFolder(t).write(t, "plain", "# a comment\n\n"+line(plain, "10.0.0.1:22", "web1")),
		newFolder(t).write(t, "intricate", knownhosts.HashHostname("web2")+" "+strings.TrimPrefix(line(hashed, "x"), "x ")+
			strings.Replace(line(pattern, "x"), "x", "*.example.com,!bad.example.com", 1)+
			"@revoked * "+strings.TrimPrefix(line(revoked, "x"), "x ")),
	}
	k := f.mustOpen(t, hostkeys.AcceptNew, files...)
	defer closed(t, k)
	wantAccepted(t, k, "web1:22", plain)
	wantAccepted(t, k, "web2:22", hashed)
	wantAccepted(t, k, "db7.example.com:22", pattern)
	wantRefused(t, k, "web1:22", hashed, remote.Changed)
	wantRefused(t, k, "web3:22", revoked, remote.Revoked)
	recorded := wantRefused(t, k, "web2:22", plain, remote.Changed)
	if want := []string{files[1] + ":1"}; !slices.Equal(recorded, want) {
		t.Errorf("recorded in %q, want %q", recorded, want)
	}
	wantAccepted(t, k, "web3:22", plain)
	if first := k.Algorithms("web1:22", nil)[0]; first != ssh.KeyAlgoED25519 {
		t.Errorf("%s is asked for first", first)
	}
}

func TestCertificatesAreAskedForWhereThereIsAnAuthority(t *testing.T) {
	f := newFolder(t)
	k := f.mustOpen(t, hostkeys.AcceptNew,
		newFolder(t).write(t, "ca", "@cert-authority *.example.com "+strings.TrimPrefix(line(ed25519Key(t), "x"), "x ")),
		newFolder(t).write(t, "plain", line(ecdsaKey(t), "web1.example.com:22")))
	defer closed(t, k)
	known := k.Algorithms("web1.example.com:22", nil)
	if n := slices.Index(known, ssh.KeyAlgoECDSA256); n < 1 || !isCertificate(known[n-1]) {
		t.Errorf("got %q, want certificates, then what is known", known)
	}
	if !isCertificate(k.Algorithms("web2.example.com:22", nil)[0]) || isCertificate(k.Algorithms("elsewhere:22", nil)[0]) {
		t.Error("certificates are asked for in the wrong places")
	}
}

func TestOnlyWhatIsAllowedIsAskedForAndWhatIsKnownFirst(t *testing.T) {
	f := newFolder(t)
	hashed := knownhosts.HashHostname("web3") + " " + strings.TrimPrefix(line(ecdsaKey(t), "x"), "x ")
	k := f.mustOpen(t, hostkeys.AcceptNew,
		newFolder(t).write(t, "ca", "@cert-authority web2 "+strings.TrimPrefix(line(ed25519Key(t), "x"), "x ")+hashed),
		newFolder(t).write(t, "plain", line(ecdsaKey(t), "web1:22", "web2:22")))
	defer closed(t, k)
	const ed, ec, cert = ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.CertAlgoED25519v01
	allowed := []string{cert, ed, ec}
	for host, want := range map[string][]string{
		"web1":      {ec, ed, cert}, // no authority is known for it
		"web2":      {cert, ec, ed},
		"web3":      {ec, ed, cert},
		"elsewhere": {ed, ec, cert},
	} {
		if got := k.Algorithms(host+":22", allowed); !slices.Equal(got, want) {
			t.Errorf("%s is asked for %q, want %q", host, got, want)
		}
	}
	if got := k.Algorithms("web1:22", []string{ed}); !slices.Equal(got, []string{ed}) {
		t.Errorf("%q is asked for where one is allowed, and another known", got)
	}
}

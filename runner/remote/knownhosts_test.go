package remote_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"scanmaster/runner/remote"
)

func writeFile(t testing.TB, name string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	overwrite(t, path, lines...)
	return path
}

func overwrite(t testing.TB, path string, lines ...string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func knownHosts(t testing.TB, lines ...string) *remote.KnownHostsFiles {
	t.Helper()
	known, err := remote.KnownHosts(writeFile(t, "known_hosts", lines...))
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// entry is a line of a known_hosts file.
func entry(name string, key ssh.PublicKey) string {
	return name + " " + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

func TestKnownHostsAreAcceptedAndOthersAreNot(t *testing.T) {
	key, other := newKey(t).PublicKey(), newKey(t).PublicKey()
	known := knownHosts(t,
		"# the workers",
		entry("scan1.example.com,10.0.0.1", key),
		entry("[scan2.example.com]:2222", key),
		entry(knownhosts.HashHostname("scan3.example.com"), key),
		entry("*.lab,!bad.lab", key),
		"@revoked "+entry("*", other),
		entry("2001:db8::7", key),
	)
	cases := map[string]struct {
		key     ssh.PublicKey
		verdict remote.Verdict // "" is accepted
	}{
		"scan1.example.com:22":   {key, ""},
		"SCAN1.example.com:22":   {key, ""},
		"10.0.0.1:22":            {key, ""},
		"scan2.example.com:2222": {key, ""},
		"scan3.example.com:22":   {key, ""},
		"good.lab:22":            {key, ""},
		"[2001:db8::7]:22":       {key, ""},
		"scan1.example.com:2222": {key, remote.Unknown},
		"scan4.example.com:22":   {key, remote.Unknown},
		"bad.lab:22":             {key, remote.Unknown},
	}
	for address, c := range cases {
		t.Run(address, func(t *testing.T) {
			wantVerdict(t, known.Check(address, new(net.TCPAddr), c.key), c.verdict)
		})
	}
	t.Run("changed", func(t *testing.T) {
		wantVerdict(t, known.Check("scan1.example.com:22", new(net.TCPAddr), newKey(t).PublicKey()), remote.Changed)
	})
	t.Run("revoked", func(t *testing.T) {
		wantVerdict(t, known.Check("scan4.example.com:22", new(net.TCPAddr), other), remote.Revoked)
	})
}

func wantVerdict(t testing.TB, err error, want remote.Verdict) {
	t.Helper()
	refused := new(remote.HostKeyError)
	if !errors.As(err, &refused) {
		if err != nil || want != "" {
			t.Errorf("got %v, want it to be %s", err, want)
		}
		return
	}
	if refused.Verdict != want {
		t.Errorf("got %v, want it to be %q", err, want)
	}
}

func TestAChangedKeyNamesTheLine(t *testing.T) {
	file := writeFile(t, "known_hosts", "", entry("web1", newKey(t).PublicKey()))
	known, err := remote.KnownHosts(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := known.Check("web1:22", new(net.TCPAddr), newKey(t).PublicKey()); !strings.Contains(err.Error(), "recorded in "+file+":2") {
		t.Errorf("got %v, want the place", err)
	}
}

func TestTheKnownKindOfKeyIsAskedForFirst(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	known := knownHosts(t, entry("ed", newKey(t).PublicKey()), entry("curve", curve),
		"@cert-authority "+entry("certified", curve))
	for host, want := range map[string]string{
		"ed":        ssh.KeyAlgoED25519,
		"curve":     ssh.KeyAlgoECDSA256,
		"nobody":    ssh.KeyAlgoED25519,
		"certified": ssh.CertAlgoED25519v01,
	} {
		got := known.Algorithms(host+":22", nil)
		if got[0] != want {
			t.Errorf("%s: got %v, want %s first", host, got, want)
		}
		if !slices.Contains(got, ssh.KeyAlgoRSASHA256) {
			t.Errorf("%s: a key of another kind would not be seen: %v", host, got)
		}
		if slices.Contains(got, ssh.CertAlgoED25519v01) != (host == "certified") {
			t.Errorf("%s: certificates without an authority, or the reverse: %v", host, got)
		}
	}
	if got := remote.HostKeyAlgorithms(nil, false, ssh.KeyAlgoRSA); got[0] != ssh.KeyAlgoRSASHA512 || got[2] != ssh.KeyAlgoRSA {
		t.Errorf("for an RSA key: %v", got)
	}
}

func TestKnownHostsThatCannotBeReadAreAnError(t *testing.T) {
	if _, err := remote.KnownHosts(filepath.Join(t.TempDir(), "nosuch")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it isn't there", err)
	}
	if _, err := remote.KnownHosts(writeFile(t, "known_hosts", "rubbish")); err == nil {
		t.Error("a file of rubbish was taken")
	}
}

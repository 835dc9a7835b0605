package host_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/host"
	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is a deadline that is not to strike, soon one that is to.
const (
	patience = time.Minute
	soon     = 50 * time.Millisecond
)

func newKey(t *testing.T) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// place is a host in this process with a home of its own.
type place struct {
	*host.Host
	home string
}

// newPlace starts a host and logs in to it. Of environ the last word counts.
func newPlace(t *testing.T, environ ...string) place {
	t.Helper()
	return placeOf(t, fleet.Behaviour{}, patience, environ...)
}

func placeOf(t *testing.T, b fleet.Behaviour, within time.Duration, environ ...string) place {
	t.Helper()
	home, key := t.TempDir(), newKey(t)
	f, err := fleet.New(fleet.Config{
		Authorized: []ssh.PublicKey{key.PublicKey()}, Dir: home,
		Env: append([]string{"PATH=/usr/local/bin:/usr/bin:/bin"}, environ...),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	addr, err := f.Add(b)
	if err != nil {
		t.Fatal(err)
	}
	return place{Host: dial(t, addr, key, within, t.Logf), home: home}
}

func dial(t *testing.T, addr netip.AddrPort, key ssh.Signer, within time.Duration, log func(string, ...any)) *host.Host {
	t.Helper()
	h, err := host.Dial(t.Context(), host.Config{
		Worker:   plan.Worker{Name: "w", Host: addr.Addr().String(), Port: int(addr.Port())},
		HostKeys: remote.HostKeysOff{}, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		User: "root", Log: log, Answer: within,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// tool makes a command that hosts with bin in their PATH find.
func tool(t *testing.T, bin, name, script string) string {
	t.Helper()
	return write(t, filepath.Join(bin, name), script, 0o755)
}

// write makes a file and the folders above it.
func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// keyed starts a fleet that one key is let in to, and writes the key as "key"
// of a folder.
func keyed(t *testing.T, dir string) *fleet.Fleet {
	t.Helper()
	key, err := fleet.WriteKey(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

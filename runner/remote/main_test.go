package remote_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is a deadline that is not to strike.
const patience = time.Minute

// soon is a deadline that is to strike; inAWhile one that is to strike after
// something that comes at once.
const (
	soon     = 50 * time.Millisecond
	inAWhile = 20 * soon
)

func newKey(t testing.TB) ssh.Signer {
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

// newFleet gives a fleet and a key that its servers let in.
func newFleet(t testing.TB, cfg fleet.Config) (*fleet.Fleet, ssh.Signer) {
	t.Helper()
	key := newKey(t)
	cfg.Authorized = append(cfg.Authorized, key.PublicKey())
	f, err := fleet.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, key
}

func add(t testing.TB, f *fleet.Fleet, b fleet.Behaviour) netip.AddrPort {
	t.Helper()
	addr, err := f.Add(b)
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// loginBy is a patient login with one key, to a host with any key.
func loginBy(key ssh.Signer) remote.Login {
	return remote.Login{
		User:     "root",
		Auth:     []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeys: remote.HostKeysOff{},
		Timeout:  patience,
	}
}

func reach(t testing.TB, addr string) *remote.Reached {
	t.Helper()
	r, err := remote.Reach(context.Background(), addr, remote.ReachTimeouts{Connect: patience, Banner: patience})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func logIn(t testing.TB, addr string, how remote.Login) *remote.Conn {
	t.Helper()
	conn, err := reach(t, addr).Login(context.Background(), how)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// wantError checks that err is of the phase and kind.
func wantError(t testing.TB, err error, phase remote.Phase, kind remote.Kind) {
	t.Helper()
	e := new(remote.Error)
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a failure to %s: %s", err, phase, kind)
	}
	if e.Phase != phase || e.Kind != kind {
		t.Errorf("got %s: %s (%v), want %s: %s", e.Phase, e.Kind, e.Err, phase, kind)
	}
}

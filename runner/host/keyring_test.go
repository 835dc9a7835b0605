package host_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/host"
	"scanmaster/runner/plan"
)

// locked writes a key that a passphrase protects.
func locked(t *testing.T, path string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(pem.EncodeToMemory(block)), 0o600)
}

// TestAWorkersKeyThatIsNoGoodIsItsOwnTrouble has a worker host that lets one in
// beside those whose keys are no good.
func TestAWorkersKeyThatIsNoGoodIsItsOwnTrouble(t *testing.T) {
	dir := t.TempDir()
	f := keyed(t, dir)
	addr, err := f.Add(fleet.Behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	locked(t, filepath.Join(dir, "locked"))
	write(t, filepath.Join(dir, "none"), "no key", 0o600)
	write(t, filepath.Join(dir, "known"), f.KnownHostsLine(addr)+"\n", 0o600)
	worker := func(name, identity string) plan.Worker {
		return plan.Worker{Name: name, Host: addr.Addr().String(), Port: int(addr.Port()), User: "scan", Identity: identity}
	}
	wants := map[string]string{
		"missing":  "no such file or directory; put it there, or name another identity",
		"locked":   "no terminal; name another identity",
		"locked 2": "no terminal",
		"none":     "none: ssh: no key found; name another identity",
		"fine":     "",
	}
	var all []plan.Worker
	identity := func(name string) string {
		if name == "fine" {
			return "key"
		}
		return strings.TrimSuffix(name, " 2")
	}
	for name := range wants {
		all = append(all, worker(name, identity(name)))
	}
	all = append(all, plan.Worker{Name: "local", Local: true})
	asked := 0
	access, err := host.NewAccess(all, host.AccessConfig{
		Base: dir, Home: dir, KnownHosts: "known",
		// A login to an agent that is gone is no trouble where there is a file.
		AgentSocket: filepath.Join(dir, "gone"),
		Ask:         func(string) (string, error) { asked++; return "", errors.New("no terminal") },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer access.Close()
	if asked != 1 {
		t.Errorf("asked %d times for one passphrase", asked)
	}
	for name, want := range wants {
		h, err := access.Dial(t.Context(), worker(name, identity(name)))
		if want == "" {
			if err != nil {
				t.Error(err)
				continue
			}
			_ = h.Close()
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func TestWithoutAKeyOrAnAgentTheMendIsSaid(t *testing.T) {
	dir := t.TempDir()
	locked(t, filepath.Join(dir, "locked"))
	a, b := plan.Worker{Name: "a", Host: "a"}, plan.Worker{Name: "b", Host: "b", Identity: "locked"}
	access, err := host.NewAccess([]plan.Worker{a, b}, host.AccessConfig{Base: dir, Home: dir, AgentSocket: filepath.Join(dir, "gone")})
	if err != nil {
		t.Fatal(err)
	}
	defer access.Close()
	if _, err := access.Dial(t.Context(), a); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "start an ssh-agent, or name an identity") {
		t.Errorf("got %v", err)
	}
	if _, err := access.Dial(t.Context(), b); err == nil || !strings.Contains(err.Error(), "have an ssh-agent hold the key") {
		t.Errorf("got %v", err)
	}
}

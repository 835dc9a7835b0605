package host_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh/knownhosts"

	"scanmaster/runner/fleet"
	"scanmaster/runner/host"
	"scanmaster/runner/plan"
)

// TestAWorkerIsReachedAsItsUsersConfigSays has a worker that only its ssh_config knows
// how to reach: under another name, with a key of its own, through another host.
func TestAWorkerIsReachedAsItsUsersConfigSays(t *testing.T) {
	dir := t.TempDir()
	f := keyed(t, dir)
	at, err := f.Add(fleet.Behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	bastion, err := f.Add(fleet.Behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{knownhosts.Normalize(at.String()), knownhosts.Normalize(bastion.String())}
	write(t, filepath.Join(dir, "known"), knownhosts.Line(names, f.HostKey())+"\n", 0o600)
	write(t, filepath.Join(dir, ".ssh", "config"), fmt.Sprintf(`
Host scan1
  HostName %s
  Port %d
Host bastion
  HostName %s
  Port %d
Host *
  User scan
  IdentityFile %s/key
  UserKnownHostsFile %s/known
  ProxyJump bastion
`, at.Addr(), at.Port(), bastion.Addr(), bastion.Port(), dir, dir), 0o600)
	w := plan.Worker{Name: "scan1", Host: "scan1"}
	access, err := host.NewAccess([]plan.Worker{w}, host.AccessConfig{Base: dir, Home: dir, User: "me"})
	if err != nil {
		t.Fatal(err)
	}
	defer access.Close()
	h, err := access.Dial(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if f.Connections(at) != 1 || f.Connections(bastion) != 1 {
		t.Errorf("%d connections, %d to the bastion", f.Connections(at), f.Connections(bastion))
	}
}

func TestAConfigThatIsNotUnderstoodIsAnErrorOfItsWorker(t *testing.T) {
	dir := t.TempDir()
	keyed(t, dir)
	config := filepath.Join(dir, ".ssh", "config")
	write(t, config, "Host scan1\n  ProxyCommand nc %h %p\n", 0o600)
	w := plan.Worker{Name: "scan1", Host: "scan1", Identity: "key"}
	access, err := host.NewAccess([]plan.Worker{w}, host.AccessConfig{Base: dir, Home: dir, User: "me"})
	if err != nil {
		t.Fatal(err)
	}
	defer access.Close()
	if _, err := access.Dial(t.Context(), w); err == nil || !strings.Contains(err.Error(), config+":2: ProxyCommand applies to scan1") {
		t.Error(err)
	}
}

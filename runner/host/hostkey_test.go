package host_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/host"
	"scanmaster/runner/plan"
)

// TestAHostShowsItsKeyToWhoDoesNotLogIn asks hosts for their keys that would let
// nobody in, with and without a record of the key.
func TestAHostShowsItsKeyToWhoDoesNotLogIn(t *testing.T) {
	dir := t.TempDir()
	f := keyed(t, dir)
	at, err := f.Add(fleet.Behaviour{Kind: fleet.RefusesKeys})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".ssh", "config"), fmt.Sprintf("Host scan1\n  HostName %s\n  Port %d\n", at.Addr(), at.Port()), 0o600)
	known := filepath.Join(dir, ".ssh", "known_hosts")
	line := f.KnownHostsLine(at)
	for name, c := range map[string]struct {
		recorded string
		known    bool
		refused  string
	}{
		"unknown": {"", false, ""},
		"known":   {line + "\n", true, ""},
		"changed": {another(t)(line), false, "find out why"},
		"revoked": {"@revoked " + line + "\n", false, "revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, known, c.recorded, 0o600)
			access, err := host.NewAccess(nil, host.AccessConfig{Home: dir, User: "me"})
			if err != nil {
				t.Fatal(err)
			}
			defer access.Close()
			key, err := access.HostKey(t.Context(), plan.Worker{Host: "scan1"})
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("%+v, %v: want that it is %s", key, err, c.refused)
				}
				return
			}
			want := host.Key{
				Address: at.String(), Type: f.HostKey().Type(), Fingerprint: ssh.FingerprintSHA256(f.HostKey()), Line: line, Known: c.known,
			}
			if err != nil || key != want {
				t.Errorf("%+v, %v\nwant %+v", key, err, want)
			}
		})
	}
	access, err := host.NewAccess(nil, host.AccessConfig{Home: dir, User: "me"})
	if err != nil {
		t.Fatal(err)
	}
	defer access.Close()
	if _, err := access.HostKey(t.Context(), plan.Worker{Host: "no.such.host.invalid"}); err == nil || !strings.Contains(err.Error(), "mend the name") {
		t.Error(err)
	}
}

package host_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/host"
	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

// TestWhoIsNotLetInHearsWhatWouldMendIt fails in every way that a login can.
func TestWhoIsNotLetInHearsWhatWouldMendIt(t *testing.T) {
	dir := t.TempDir()
	f := keyed(t, dir)
	for name, c := range map[string]struct {
		is fleet.Kind
		// known makes of the host's line in known_hosts what is recorded there.
		known func(string) string
		host  string
		kind  remote.Kind
		mend  string
	}{
		"name":    {kind: remote.KindResolve, host: "no.such.host.invalid", mend: "mend the name in hosts"},
		"closed":  {is: fleet.Closed, kind: remote.KindRefused, mend: "start sshd there, or say its port"},
		"refused": {is: fleet.RefusesKeys, kind: remote.KindAuth, mend: "add the public key of key to ~/.ssh/authorized_keys of scan there"},
		"unknown": {known: func(string) string { return "" }, kind: remote.KindHostKey, mend: "record it in known_hosts: [127.0.0.1]:"},
		"changed": {known: another(t), kind: remote.KindHostKey, mend: "find out why; if it is a new key of the same host, replace that line by: [127.0.0.1]:"},
		"revoked": {known: func(line string) string { return "@revoked " + line }, kind: remote.KindHostKey, mend: "revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			addr, err := f.Add(fleet.Behaviour{Kind: c.is})
			if err != nil {
				t.Fatal(err)
			}
			line := f.KnownHostsLine(addr) + "\n"
			if c.known != nil {
				line = c.known(line)
			}
			write(t, filepath.Join(dir, name), line, 0o600)
			w := plan.Worker{Name: "w", Host: addr.Addr().String(), Port: int(addr.Port()), User: "scan", Identity: "key"}
			if c.host != "" {
				w.Host = c.host
			}
			access, err := host.NewAccess([]plan.Worker{w}, host.AccessConfig{Base: dir, Home: dir, KnownHosts: name})
			if err != nil {
				t.Fatal(err)
			}
			defer access.Close()
			_, err = access.Dial(t.Context(), w)
			failed := new(remote.Error)
			if !errors.As(err, &failed) || failed.Kind != c.kind || !strings.Contains(err.Error(), c.mend) {
				t.Errorf("%v: want a failure of kind %s, and %q", err, c.kind, c.mend)
			}
		})
	}
}

// another makes of a line of known_hosts one with another host's key.
func another(t *testing.T) func(string) string {
	t.Helper()
	key := string(ssh.MarshalAuthorizedKey(newKey(t).PublicKey()))
	return func(line string) string {
		host, _, _ := strings.Cut(line, " ")
		return host + " " + key
	}
}

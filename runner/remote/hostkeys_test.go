package remote_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"scanmaster/runner/remote"
)

// dial connects to a host of which those lines are known.
func dial(t testing.TB, h host, known ...string) error {
	t.Helper()
	c := h.config()
	c.HostKeys = knownHosts(t, known...)
	conn, err := remote.Dial(context.Background(), c)
	if err != nil {
		wantError(t, err, remote.PhaseAuth, remote.KindHostKey)
		return err
	}
	return conn.Close()
}

// testHostKeys is who is let pose as a host.
func testHostKeys(t *testing.T, start starter) {
	t.Helper()
	h := start(t, setting{})
	name := knownhosts.Normalize(h.addr)
	other := newKey(t).PublicKey()
	cases := map[string]struct {
		known   []string
		verdict remote.Verdict // "" is accepted
	}{
		"recorded as [host]:port":       {[]string{entry(name, h.key)}, ""},
		"recorded among others":         {[]string{entry("web1", other), entry("web2,"+name, h.key)}, ""},
		"recorded by a pattern":         {[]string{entry(strings.Replace(name, "127.0.0.1", "127.*", 1), h.key)}, ""},
		"recorded by its hash":          {[]string{entry(knownhosts.HashHostname(name), h.key)}, ""},
		"a second key of the host":      {[]string{entry(name, other), entry(name, h.key)}, ""},
		"recorded nowhere":              {[]string{"# nobody yet"}, remote.Unknown},
		"recorded at the usual port":    {[]string{entry("127.0.0.1", h.key)}, remote.Unknown},
		"another host's hash":           {[]string{entry(knownhosts.HashHostname("web1"), h.key)}, remote.Unknown},
		"changed":                       {[]string{entry(name, other)}, remote.Changed},
		"changed behind a hash":         {[]string{entry(knownhosts.HashHostname(name), other)}, remote.Changed},
		"revoked":                       {[]string{entry(name, h.key), "@revoked " + entry("*", h.key)}, remote.Revoked},
		"an authority, no certificate":  {[]string{"@cert-authority " + entry(name, other)}, remote.Unknown},
		"the authority of another host": {[]string{"@cert-authority " + entry("web1", h.key)}, remote.Unknown},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { wantVerdict(t, dial(t, h, c.known...), c.verdict) })
	}
	t.Run("an unknown one comes with the line that records it", func(t *testing.T) {
		err := dial(t, h, "# nobody yet")
		unknown := new(remote.HostKeyError)
		if !errors.As(err, &unknown) || !strings.Contains(err.Error(), ssh.FingerprintSHA256(h.key)) {
			t.Fatalf("got %v, want the fingerprint", err)
		}
		if err := dial(t, h, unknown.Line()); err != nil {
			t.Error(err)
		}
	})
}

// testCertifiedHostKeys is the same where the host has a certificate.
func testCertifiedHostKeys(t *testing.T, start starter) {
	t.Helper()
	authority := newKey(t)
	h := start(t, setting{authority: authority})
	name := knownhosts.Normalize(h.addr)
	trusted := "@cert-authority " + entry(name, authority.PublicKey())
	other := newKey(t).PublicKey()
	cases := map[string]struct {
		known   []string
		verdict remote.Verdict
	}{
		"certified":                       {[]string{trusted}, ""},
		"one of several authorities":      {[]string{"@cert-authority " + entry(name, other), trusted}, ""},
		"its plain key is recorded":       {[]string{entry(name, h.key)}, ""},
		"certified by somebody else":      {[]string{"@cert-authority " + entry(name, other)}, remote.Invalid},
		"certified, but its key revoked":  {[]string{trusted, "@revoked " + entry("*", h.key)}, remote.Revoked},
		"its authority is revoked":        {[]string{trusted, "@revoked " + entry("*", authority.PublicKey())}, remote.Revoked},
		"another plain key is recorded":   {[]string{entry(name, other)}, remote.Changed},
		"nothing is recorded but another": {[]string{entry("web1", h.key)}, remote.Unknown},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { wantVerdict(t, dial(t, h, c.known...), c.verdict) })
	}
}

package worker

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// toldBy gives a scene whose worker was told so in SSHOPTS.
func toldBy(t *testing.T, options string) *scene {
	t.Helper()
	s := newScene(t)
	o, err := job.ParseSSHOPTS(options)
	if err != nil {
		t.Fatal(err)
	}
	o.Identities = s.Targets.Identities
	s.Targets = o
	s.Args.Remote = s.write(t, "remote.sh", "echo $SSH_ALGORITHMS\n")
	return s
}

func TestTargetsAreLoggedInToByTheNamedAlgorithms(t *testing.T) {
	for options, want := range map[string]string{
		"": "mlkem768x25519-sha256 ssh-ed25519 aes128-gcm@openssh.com",
		"-o KexAlgorithms=curve25519-sha256,ecdh-sha2-nistp256":                                "curve25519-sha256 ssh-ed25519 aes128-gcm@openssh.com",
		"-o KexAlgorithms=^ecdh-sha2-nistp521 -o Ciphers=aes192-ctr,aes128-ctr -o MACs=-*256*": "ecdh-sha2-nistp521 ssh-ed25519 aes192-ctr hmac-sha2-512-etm@openssh.com",
	} {
		s := toldBy(t, options)
		s.add(t, "web1", fleet.Behaviour{})
		s.staged(t)
		s.work(t)
		if got := strings.Join(s.results(t, "hosts_ok"), ""); !strings.HasSuffix(got, ","+want+"\n") {
			t.Errorf("%s: agreed on %q, want %q", options, got, want)
		}
	}
}

func TestATargetWithNothingInCommonIsNosshAndToldOf(t *testing.T) {
	s := toldBy(t, "-o KexAlgorithms=curve25519-sha256 -o HostKeyAlgorithms=rsa-sha2-512")
	old := s.add(t, "old", fleet.Behaviour{Algorithms: ssh.Algorithms{KeyExchanges: []string{"diffie-hellman-group1-sha1"}}})
	s.add(t, "ed", fleet.Behaviour{})
	s.staged(t)
	s.work(t)
	for host, want := range map[string]struct {
		reason result.Reason
		detail string
	}{
		"old": {result.ReasonProtocol, "no common key exchange: it offers diffie-hellman-group1-sha1; it was offered curve25519-sha256, curve25519-sha256@libssh.org"},
		"ed":  {result.ReasonHostKey, "no common host key: it offers ssh-ed25519; it was offered rsa-sha2-512"},
	} {
		o := s.outcomes(t)[host]
		if o.Class != result.NoSSH || o.Phase != result.PhaseAuth || o.Reason != want.reason || o.Detail != want.detail {
			t.Errorf("%s: got %+v", host, o)
		}
	}
	if n := s.fleet.Executions(old); n != 0 {
		t.Errorf("the script ran there %d times", n)
	}
}

// TestTheKnownKeyIsAskedForFirst has targets of two host keys, of which first
// the one is allowed, and then both, the other one before it.
func TestTheKnownKeyIsAskedForFirst(t *testing.T) {
	s := toldBy(t, "-o HostKeyAlgorithms=ssh-ed25519")
	s.twoHostKeys(t)
	at := s.add(t, "web1", fleet.Behaviour{})
	s.staged(t)
	s.work(t)
	s.add(t, "web2", fleet.Behaviour{}) // of which none is known
	s.Targets.HostKeyAlgorithms = []string{"ecdsa-sha2-nistp256", "ssh-ed25519"}
	s.Args.Name = "later"
	s.Args.ChunkFile = filepath.Join(s.prefix(), "input", masterMin, "xab")
	s.staged(t)
	s.work(t)
	got := strings.Join(s.results(t, "hosts_ok"), "")
	if !strings.Contains(got, "web1,"+at.String()+",mlkem768x25519-sha256 ssh-ed25519 ") || !strings.Contains(got, " ecdsa-sha2-nistp256 ") {
		t.Errorf("asked for\n%s", got)
	}
}

// twoHostKeys gives the scene a fleet that has keys of two types.
func (s *scene) twoHostKeys(t *testing.T) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	s.Targets.Identities = []string{filepath.Join(s.dir, "another")}
	key, err := fleet.WriteKey(s.Targets.Identities[0])
	if err != nil {
		t.Fatal(err)
	}
	if s.fleet, err = fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}, MoreHostKeys: []ssh.Signer{second}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.fleet.Close() })
}

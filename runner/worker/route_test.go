package worker

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// configure writes the user's ssh_config.
func (s *scene) configure(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(s.dir, ".ssh", "config")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

// unsaid has SSHOPTS say nothing but what is given.
func (s *scene) unsaid(t *testing.T, options string) {
	t.Helper()
	var err error
	if s.Targets, err = job.ParseSSHOPTS(options); err != nil {
		t.Fatal(err)
	}
}

// behind adds a server of the fleet that the list knows by a name alone.
func (s *scene) behind(t *testing.T, name string) netip.AddrPort {
	t.Helper()
	addr, err := s.fleet.Add(fleet.Behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	s.lines = append(s.lines, name)
	return addr
}

func TestTargetsAreReachedAsTheirUsersConfigSays(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.write(t, "remote.sh", "echo $USER $SSH_ALGORITHMS\n")
	at := s.behind(t, "web1")
	s.configure(t, fmt.Sprintf(`
Host web1
  HostName %s
  Port %d
  User headless
  IdentityFile %%d/id
Host web*
  User other
  Ciphers no-such-cipher,aes128-ctr
Match final all
  SendEnv LANG
`, at.Addr(), at.Port()))
	s.unsaid(t, "")
	s.deal(t)
	s.work(t)
	if got := s.results(t, "hosts_ok"); len(got) != 1 || !strings.HasPrefix(got[0], "web1,,headless ") || !strings.Contains(got[0], "aes128-ctr") {
		t.Errorf("%q", got)
	}
}

func TestSSHOPTSGoBeforeTheConfig(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.write(t, "remote.sh", "echo $USER\n")
	s.add(t, "web1", fleet.Behaviour{})
	s.configure(t, "Host *\nUser other\nPort 1\nStrictHostKeyChecking yes\nProxyJump nowhere.invalid\nIdentityFile ~/none\nConnectTimeout 1\n")
	s.unsaid(t, "-l me -p 22 -oStrictHostKeyChecking=accept-new -J none -i "+filepath.Join(s.dir, "id"))
	s.deal(t)
	s.work(t)
	if got := s.results(t, "hosts_ok"); len(got) != 1 || !strings.HasSuffix(got[0], ",me\n") {
		t.Errorf("%q", got)
	}
}

// section is what leads from a name to a server.
func section(name string, at netip.AddrPort) string {
	return fmt.Sprintf("Host %s\nHostName %s\nPort %d\n", name, at.Addr(), at.Port())
}

func TestWhatTheConfigTrustsIsTrusted(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	known := s.behind(t, "known")
	text := section("known", known) + section("unknown", s.behind(t, "unknown")) +
		section("off", s.behind(t, "off")) + "StrictHostKeyChecking no\n"
	s.write(t, "list", knownhosts.Line([]string{knownhosts.Normalize(known.String())}, s.fleet.HostKey())+"\n")
	s.configure(t, text+"Host *\nStrictHostKeyChecking yes\nUserKnownHostsFile ~/list ~/nowhere\n")
	s.unsaid(t, "-i "+filepath.Join(s.dir, "id"))
	s.deal(t)
	s.work(t)
	came := s.outcomes(t)
	if came["known"].Class != result.OK || came["off"].Class != result.OK || came["unknown"].Reason != result.ReasonHostKey {
		t.Errorf("%+v", came)
	}
}

func TestWhatIsNotUnderstoodOfTheConfigIsSaidOfItsTargets(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.add(t, "web1", fleet.Behaviour{})
	s.behind(t, "web2")
	path := s.configure(t, "Host web2\n  ProxyCommand nc %h %p\n")
	s.deal(t)
	s.work(t)
	came := s.outcomes(t)
	if o := came["web2"]; o.Class != result.NoSSH || !strings.Contains(o.Detail, path+":2: ProxyCommand applies to web2") || came["web1"].Class != result.OK {
		t.Errorf("%+v", came)
	}
	s.configure(t, "Host \"x\n")
	s.Args.Name = "other"
	s.Args.ChunkFile = filepath.Join(s.prefix(), "input", masterMin, "xab")
	s.deal(t)
	s.wantFailure(t, path+":1: Host: a quote")
}

// TestManyTargetsBehindAJumpHost has two hosts to go through, of which one is only
// reached through the other.
func TestManyTargetsBehindAJumpHost(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	const targets = 120
	for i := range targets {
		s.add(t, fmt.Sprint("web", i), fleet.Behaviour{})
	}
	outer, inner := s.bastion(t), s.bastion(t)
	s.configure(t, section("inner", inner)+"User jumper\n"+section("outer", outer)+"Host 127.*\nProxyJump outer,inner\n")
	s.Args.Jobs = 100
	s.Args.Passthrough = nil // what is behind others isn't pinged
	s.deal(t)
	s.work(t)
	if ok := s.results(t, "hosts_ok"); len(ok) != targets {
		t.Errorf("%d of %d", len(ok), targets)
	}
	for _, at := range []netip.AddrPort{outer, inner} {
		if n := s.fleet.Connections(at); n < 1 || n > 4 {
			t.Errorf("%d connections to a jump host", n)
		}
	}
}

func (s *scene) bastion(t *testing.T) netip.AddrPort {
	t.Helper()
	addr, err := s.fleet.Add(fleet.Behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

func TestJumpHostsMayNotGoRoundInACircle(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.add(t, "web1", fleet.Behaviour{})
	s.configure(t, "Host 127.*\nProxyJump a\nHost a\nProxyJump b\nHost b\nProxyJump a\n")
	s.deal(t)
	s.work(t)
	if o := s.outcomes(t)["web1"]; !strings.Contains(o.Detail, "over 8 hosts to go through; is it a circle?") {
		t.Errorf("%+v", o)
	}
}

func TestIdentitiesOnlyLeavesTheOthersOut(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	at := s.behind(t, "web1")
	other := filepath.Join(s.dir, "other")
	if _, err := fleet.WriteKey(other); err != nil {
		t.Fatal(err)
	}
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: private(t, filepath.Join(s.dir, "id"))}); err != nil {
		t.Fatal(err)
	}
	s.AgentSocket = startAgent(t, keys)
	s.configure(t, fmt.Sprintf("Host *\nHostName %s\nPort %d\nIdentityFile %s\nIdentitiesOnly yes\n", at.Addr(), at.Port(), other))
	s.unsaid(t, "")
	s.deal(t)
	s.work(t)
	if o := s.outcomes(t)["web1"]; o.Reason != result.ReasonAuth {
		t.Errorf("the agent's key was offered: %+v", o)
	}
	s.Args.Name = "again"
	s.Args.ChunkFile = filepath.Join(s.prefix(), "input", masterMin, "xab")
	text, err := os.ReadFile(filepath.Join(s.dir, ".ssh", "config"))
	if err != nil {
		t.Fatal(err)
	}
	s.configure(t, strings.ReplaceAll(string(text), "IdentitiesOnly yes", ""))
	s.deal(t)
	s.work(t)
	if o := s.outcomes(t)["web1"]; o.Class != result.OK {
		t.Errorf("the agent's key was left out: %+v", o)
	}
}

func private(t *testing.T, path string) any {
	t.Helper()
	key, err := ssh.ParseRawPrivateKey([]byte(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

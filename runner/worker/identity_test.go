package worker

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// startAgent serves a keyring, as ssh-agent does, and gives its socket.
func startAgent(t *testing.T, keys agent.Agent) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "agent")
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var clients sync.WaitGroup
	clients.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			clients.Go(func() {
				_ = agent.ServeAgent(keys, conn) // until the client leaves
				_ = conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		clients.Wait()
	})
	return socket
}

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
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
}

// inAgent moves the scene's key from its file to an agent.
func (s *scene) inAgent(t *testing.T) {
	t.Helper()
	private, err := ssh.ParseRawPrivateKey([]byte(read(t, filepath.Join(s.dir, "id"))))
	if err != nil {
		t.Fatal(err)
	}
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: private}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.dir, "id")); err != nil {
		t.Fatal(err)
	}
	s.Targets.Identities = nil
	s.AgentSocket = startAgent(t, keys)
}

func TestTheWayInIsByFilesAndAgent(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *scene){
		"a file":            func(*scene) {},
		"a file at home":    func(s *scene) { s.Targets.Identities = []string{"~/id"} },
		"the agent":         func(s *scene) { s.inAgent(s.t) },
		"no agent any more": func(s *scene) { s.AgentSocket = filepath.Join(s.dir, "gone") },
		"an empty agent":    func(s *scene) { s.AgentSocket = startAgent(s.t, agent.NewKeyring()) },
		"a locked file, and the agent": func(s *scene) {
			s.inAgent(s.t)
			locked(s.t, filepath.Join(s.dir, "locked"))
			s.Targets.Identities = []string{"~/locked"}
		},
		"the files that ssh takes": func(s *scene) {
			if err := os.Mkdir(filepath.Join(s.dir, ".ssh"), 0o700); err != nil {
				s.t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(s.dir, "id"), filepath.Join(s.dir, ".ssh", "id_ecdsa")); err != nil {
				s.t.Fatal(err)
			}
			locked(s.t, filepath.Join(s.dir, ".ssh", "id_ed25519"))
			s.Targets.Identities = nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
			change(s)
			s.staged(t)
			s.work(t)
			if o := s.outcomes(t)["web1"]; o.Class != result.OK {
				t.Errorf("got %+v", o)
			}
		})
	}
}

func TestWithoutAWayInNothingBegins(t *testing.T) {
	for name, c := range map[string]struct {
		change func(s *scene)
		want   string
	}{
		"an empty agent": {func(s *scene) {
			s.AgentSocket, s.Targets.Identities = startAgent(s.t, agent.NewKeyring()), nil
		}, "no key"},
		"a locked file": {func(s *scene) {
			locked(s.t, filepath.Join(s.dir, "locked"))
			s.Targets.Identities = []string{"~/locked"}
		}, "passphrase"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
			c.change(s)
			s.staged(t)
			s.wantFailure(t, c.want)
		})
	}
}

func TestStrictTakesWhatTheUserKnows(t *testing.T) {
	for name, known := range map[string]bool{"known": true, "not known": false} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			at := s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
			s.Targets.HostKeys = job.HostKeyYes
			if known {
				if err := os.Mkdir(filepath.Join(s.dir, ".ssh"), 0o700); err != nil {
					t.Fatal(err)
				}
				s.write(t, ".ssh/known_hosts", s.fleet.KnownHostsLine(at)+"\n")
			}
			s.staged(t)
			s.work(t)
			o := s.outcomes(t)["web1"]
			if known && o.Class != result.OK || !known && (o.Reason != result.ReasonHostKey || !strings.Contains(o.Detail, "unknown")) {
				t.Errorf("got %+v", o)
			}
		})
	}
}

func TestHostKeysThatAreOffAreNotKept(t *testing.T) {
	s := newScene(t)
	s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
	s.Targets.HostKeys = job.HostKeyNo
	s.staged(t)
	s.work(t)
	if _, err := os.Stat(filepath.Join(s.share, job.State)); err == nil {
		t.Error("there is a folder of host keys")
	}
}

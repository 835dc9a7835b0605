package fleet_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

func TestASignalReachesTheWholeGroup(t *testing.T) {
	f, cfg := newFleet(t, fleet.Config{})
	client, err := ssh.Dial("tcp", add(t, f, fleet.Behaviour{}).String(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	out, err := session.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	session.Stdin = strings.NewReader("trap 'echo told' USR1\nsh -c 'trap \"echo child told; exit\" USR1; echo up; while :; do sleep 0.02; done'\nexit 4\n")
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("up\n"))); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []ssh.Signal{"NOSUCH", ssh.SIGUSR1} {
		if err := session.Signal(signal); err != nil {
			t.Error(err)
		}
	}
	said, err := io.ReadAll(out)
	if err != nil || string(said) != "child told\ntold\n" {
		t.Errorf("it said %q, %v", said, err)
	}
	if exit := new(ssh.ExitError); !errors.As(session.Wait(), &exit) || exit.ExitStatus() != 4 {
		t.Errorf("it ended with %v", exit)
	}
}

func TestTheFirstConnectionsBehaveAsTold(t *testing.T) {
	f, cfg := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{First: []fleet.Kind{fleet.ClosesAtOnce, fleet.RefusesKeys}})
	for n, good := range []bool{false, false, true, true} {
		_, _, err := run(t, cfg, addr.String(), "true", "")
		if (err == nil) != good {
			t.Errorf("connection %d: %v", n+1, err)
		}
	}
	if n := f.Connections(addr); n != 4 {
		t.Errorf("%d connections, want 4", n)
	}
	if n := f.Executions(addr); n != 2 {
		t.Errorf("%d executions, want 2", n)
	}
}

//go:build e2e

package remote_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/remote"
)

// sshd is the real one; it needs root, and Debian's openssh-server.
const sshd = "/usr/sbin/sshd"

// sshdConfig is what Debian's sshd wants where there is no more than a
// temporary folder: no PAM, which would print the message of the day, and no
// offence taken at the folder's modes.
const sshdConfig = `ListenAddress %[1]s
HostKey %[2]s/host_key
AuthorizedKeysFile %[2]s/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 1000
`

func TestCommandsOnARealSSHD(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	hostKey, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	key, dir, addr := newKey(t), t.TempDir(), freePort(t)
	for name, text := range map[string]string{
		"host_key":        string(pem.EncodeToMemory(block)),
		"authorized_keys": string(ssh.MarshalAuthorizedKey(key.PublicKey())),
		"config":          fmt.Sprintf(sshdConfig, addr, dir),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	startSSHD(t, filepath.Join(dir, "config"))
	how := loginBy(key)
	known := &remote.HostKeyError{Address: addr, Key: hostKey}
	how.HostKeys = knownHosts(t, known.Line())
	testRun(t, host{addr: addr, how: how})
}

// freePort is an address on which nothing listens just now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// startSSHD starts an sshd and waits until it listens.
func startSSHD(t *testing.T, config string) {
	t.Helper()
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // sshd insists on it
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), sshd, "-D", "-e", "-f", config)
	logged, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log := bufio.NewReader(logged)
	var said strings.Builder
	for !strings.Contains(said.String(), "Server listening") {
		line, err := log.ReadString('\n')
		said.WriteString(line)
		if err != nil {
			t.Fatalf("sshd said %q (%v)", said.String(), err)
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, log)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-drained
		_ = cmd.Wait() // it was killed
	})
}

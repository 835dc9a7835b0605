//go:build e2e

package remote_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
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
PrintMotd no
PrintLastLog no
MaxStartups 1000
`

func TestRealSSHD(t *testing.T) { testHost(t, startSSHD) }

// startSSHD starts an sshd of that setting, for the user who runs the tests.
func startSSHD(t testing.TB, s setting) host {
	t.Helper()
	hostKey, certificate := hostKeys(t, &s)
	key, dir, addr := newKey(t), t.TempDir(), freePort(t)
	config := fmt.Sprintf(sshdConfig, addr, dir)
	var authorized strings.Builder
	for _, k := range append(s.authorized, key.PublicKey()) {
		authorized.Write(ssh.MarshalAuthorizedKey(k))
	}
	if !s.noSFTP {
		config += "Subsystem sftp internal-sftp\n"
	}
	for option, names := range map[string][]string{
		"KexAlgorithms": s.only.KeyExchanges, "Ciphers": s.only.Ciphers, "MACs": s.only.MACs,
	} {
		if len(names) > 0 {
			config += option + " " + strings.Join(names, ",") + "\n"
		}
	}
	if certificate != nil {
		config += "HostCertificate " + dir + "/host_key-cert.pub\n"
		overwrite(t, filepath.Join(dir, "host_key-cert.pub"), string(ssh.MarshalAuthorizedKey(certificate)))
	}
	overwrite(t, filepath.Join(dir, "host_key"), s.hostKey)
	overwrite(t, filepath.Join(dir, "authorized_keys"), authorized.String())
	overwrite(t, filepath.Join(dir, "config"), config)
	serve(t, filepath.Join(dir, "config"))
	account, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	how := loginBy(key)
	how.User = account.Username
	return host{addr: addr, how: how, home: account.HomeDir, key: hostKey.PublicKey()}
}

// freePort is an address on which nothing listens just now.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// serve runs an sshd for the time of the test, and waits until it listens.
func serve(t testing.TB, config string) {
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

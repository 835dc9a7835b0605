//go:build e2e

package ground

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Key is a key pair without a passphrase.
type Key struct {
	// Private is the path of the private key, Public that of the public one.
	Private, Public string
}

// NewKey makes a key pair that lives as long as the test.
func NewKey(tb testing.TB) Key {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "key")
	Run(tb, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path)
	return Key{Private: path, Public: path + ".pub"}
}

// Server is one way to set up an sshd.
type Server struct {
	// Listen are its addresses, host:port; 16 at the most (MAX_LISTEN_SOCKS).
	Listen []string
	// Authorized is the file of the public keys that root may log in with.
	Authorized string
	// Env is what its sessions find in their environment, on top.
	Env map[string]string
	// MaxStartups is that of sshd_config(5); empty is so many that none is dropped.
	MaxStartups string
	// Namespace is the network namespace it lives in; empty for the test's own.
	Namespace string
}

// ready bounds how long an sshd may take to say its name.
const ready = 30 * time.Second

// Start starts an sshd and waits until it answers at all its addresses. It
// ends with the test, and with it all that was started through it: it is
// process 1 of a namespace of its own.
func (s Server) Start(tb testing.TB) {
	tb.Helper()
	// The folder that sshd(8) changes its root to before authentication.
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	argv := []string{find(tb, "sshd"), "-D", "-e", "-f", s.configure(tb, dir)}
	if s.Namespace != "" {
		argv = append([]string{find(tb, "ip"), "netns", "exec", s.Namespace}, argv...)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		tb.Fatal(err)
	}
	// Ended by the clean-up, which comes after the end of the test's context.
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // see above
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("sshd: %v", err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		_ = log.Close()
		if text, err := os.ReadFile(log.Name()); tb.Failed() && err == nil {
			tb.Logf("sshd at %s:\n%s", strings.Join(s.Listen, " "), text[max(0, len(text)-2000):])
		}
	})
	for _, addr := range s.Listen {
		s.await(tb, addr)
	}
}

// common is what every sshd_config(5) of ours says: no message of the day, no
// offence taken at the modes of temporary folders, and room for many at a time.
const common = `PidFile none
UsePAM no
UseDNS no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
MaxStartups 500
LogLevel VERBOSE
`

// sftp is there unless a machine says otherwise.
const sftp = "Subsystem sftp internal-sftp\n"

// configure writes the host key and sshd_config(5), and gives the latter's path.
func (s Server) configure(tb testing.TB, dir string) string {
	tb.Helper()
	hostKey := filepath.Join(dir, "host_key")
	Run(tb, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "host", "-f", hostKey)
	home := filepath.Join(dir, "home") // without the .bashrc of whoever runs the tests
	if err := os.Mkdir(home, 0o700); err != nil {
		tb.Fatal(err)
	}
	var conf strings.Builder
	for _, addr := range s.Listen {
		fmt.Fprintf(&conf, "ListenAddress %s\n", addr)
	}
	fmt.Fprintf(&conf, "HostKey %s\nAuthorizedKeysFile %s\n", hostKey, s.Authorized)
	fmt.Fprintf(&conf, "SetEnv HOME=%s", home)
	for key, value := range s.Env {
		fmt.Fprintf(&conf, " %s=%s", key, value)
	}
	conf.WriteString("\n" + common + sftp)
	if s.MaxStartups != "" {
		fmt.Fprintf(&conf, "MaxStartups %s\n", s.MaxStartups) // of this one the last value counts
	}
	path := filepath.Join(dir, "sshd_config")
	if err := os.WriteFile(path, []byte(conf.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// await waits until something at an address says that it speaks SSH.
func (s Server) await(tb testing.TB, addr string) {
	tb.Helper()
	err := error(nil)
	if s.Namespace == "" {
		err = awaitGreeting(tb, addr)
	} else {
		err = s.scan(tb, addr)
	}
	if err != nil {
		tb.Fatalf("sshd at %s doesn't answer: %v", addr, err)
	}
}

// scan awaits an answer within the namespace, which may have no way in from outside.
func (s Server) scan(tb testing.TB, addr string) error {
	tb.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(ready); ; time.Sleep(20 * time.Millisecond) {
		out, err := exec.CommandContext(tb.Context(), find(tb, "ip"), "netns", "exec", s.Namespace,
			find(tb, "ssh-keyscan"), "-p", port, host).Output()
		if err == nil && len(out) > 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("ssh-keyscan: %w", err)
		}
	}
}

// awaitGreeting waits until something at an address says that it speaks SSH.
func awaitGreeting(tb testing.TB, addr string) error {
	tb.Helper()
	deadline := time.Now().Add(ready)
	for {
		err := greeted(tb, addr)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func greeted(tb testing.TB, addr string) error {
	tb.Helper()
	conn, err := (&net.Dialer{Timeout: ready}).DialContext(tb.Context(), "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(ready)); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "SSH-2.0-") {
		err = fmt.Errorf("it says %q", line)
	}
	return err
}

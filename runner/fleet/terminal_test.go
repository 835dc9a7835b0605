package fleet_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

// connect logs in to a new server of a fleet.
func connect(t *testing.T, cfg fleet.Config) *ssh.Client {
	t.Helper()
	f, how := newFleet(t, cfg)
	client, err := ssh.Dial("tcp", add(t, f, fleet.Behaviour{}).String(), how)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestACommandGetsTheTerminalThatIsAskedFor(t *testing.T) {
	session, err := connect(t, fleet.Config{}).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.WindowChange(1, 1); err != nil {
		t.Fatalf("a size without a terminal: %v", err)
	}
	if err := session.RequestPty("xterm", 40, 100, nil); err != nil {
		t.Fatal(err)
	}
	if err := session.RequestPty("xterm", 40, 100, nil); err == nil {
		t.Error("a second terminal was given")
	}
	if err := session.WindowChange(50, 120); err != nil {
		t.Fatal(err)
	}
	out, err := session.Output("echo $TERM; stty size; tty -s && test -t 2")
	if want := "xterm\r\n50 120\r\n"; err != nil || string(out) != want {
		t.Errorf("got %q and %v, want %q", out, err, want)
	}
}

func TestFilesAreServedFromTheHomeByName(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "old"), "x")
	client, err := sftp.NewClient(connect(t, fleet.Config{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.PosixRename("old", "new"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); err != nil {
		t.Error(err)
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}

func TestSFTPCanBeSwitchedOff(t *testing.T) {
	if _, err := sftp.NewClient(connect(t, fleet.Config{NoSFTP: true})); err == nil {
		t.Error("it is served all the same")
	}
}

package fleet_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"scanmaster/runner/fleet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newKey(t *testing.T) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// newFleet gives a fleet, and what a client needs to get in.
func newFleet(t *testing.T, cfg fleet.Config) (*fleet.Fleet, *ssh.ClientConfig) {
	t.Helper()
	key := newKey(t)
	cfg.Authorized = append(cfg.Authorized, key.PublicKey())
	f, err := fleet.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, &ssh.ClientConfig{
		User:            "headless",
		Auth:            []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: ssh.FixedHostKey(f.HostKey()),
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, f *fleet.Fleet, b fleet.Behaviour) netip.AddrPort {
	t.Helper()
	addr, err := f.Add(b)
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// run sends a command, or with "" a script to the login shell.
func run(t *testing.T, cfg *ssh.ClientConfig, addr, line, stdin string) (stdout, stderr string, err error) {
	t.Helper()
	client, err := ssh.Dial("tcp", addr, cfg)
	if err != nil {
		return "", "", err
	}
	defer func() { _ = client.Close() }()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	session.Stdin, session.Stdout, session.Stderr = strings.NewReader(stdin), &out, &errs
	if line == "" {
		if err = session.Shell(); err == nil {
			err = session.Wait()
		}
	} else {
		err = session.Run(line)
	}
	return out.String(), errs.String(), err
}

func TestAScriptReallyRuns(t *testing.T) {
	dir := t.TempDir()
	f, client := newFleet(t, fleet.Config{Dir: dir, Env: []string{"PATH=/usr/bin:/bin", "WORD=hello"}})
	addr := add(t, f, fleet.Behaviour{})
	out, errs, err := run(t, client, addr.String(), "", "echo $WORD $USER; pwd; echo oops >&2; exit 3\n")
	if want := "hello headless\n" + dir + "\n"; out != want || errs != "oops\n" {
		t.Errorf("got %q and %q, want %q", out, errs, want)
	}
	var exit *ssh.ExitError
	if !errors.As(err, &exit) || exit.ExitStatus() != 3 {
		t.Errorf("got %v, want exit status 3", err)
	}
	if out, _, err = run(t, client, addr.String(), "cat; echo $SSH_CONNECTION", "to cat\n"); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out, "to cat\n127.0.0.1 ") || !strings.HasSuffix(out, " 127.0.0.1 "+portOf(addr)+"\n") {
		t.Errorf("a command wrote %q", out)
	}
	if n := f.Executions(addr); n != 2 {
		t.Errorf("%d executions, want 2", n)
	}
}

func portOf(a netip.AddrPort) string { return a.String()[strings.LastIndexByte(a.String(), ':')+1:] }

func TestAScriptKilledBySignalSaysSo(t *testing.T) {
	f, client := newFleet(t, fleet.Config{})
	_, _, err := run(t, client, add(t, f, fleet.Behaviour{}).String(), "kill -KILL $$", "")
	var exit *ssh.ExitError
	if !errors.As(err, &exit) || exit.Signal() != "KILL" {
		t.Errorf("got %v, want death by KILL", err)
	}
}

func TestAShellThatIsNotThereIsStatus126(t *testing.T) {
	f, client := newFleet(t, fleet.Config{Shell: []string{filepath.Join(t.TempDir(), "nosuch")}})
	_, errs, err := run(t, client, add(t, f, fleet.Behaviour{}).String(), "", "")
	var exit *ssh.ExitError
	if !errors.As(err, &exit) || exit.ExitStatus() != 126 || !strings.Contains(errs, "nosuch") {
		t.Errorf("got %v with %q, want exit status 126 and why", err, errs)
	}
}

func TestCloseKillsWhatRuns(t *testing.T) {
	f, client := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{})
	conn, err := ssh.Dial("tcp", addr.String(), client)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	session, err := conn.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := session.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Start("sleep 1000 & echo started; wait"); err != nil {
		t.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil { // returns only when the shell is gone
		t.Fatal(err)
	}
	if err := session.Wait(); err == nil {
		t.Error("the command succeeded though it was killed")
	}
	if _, err := f.Add(fleet.Behaviour{}); err == nil {
		t.Error("a closed fleet took another server")
	}
}

func TestOnlyTheAuthorizedGetIn(t *testing.T) {
	f, client := newFleet(t, fleet.Config{})
	refusing := add(t, f, fleet.Behaviour{Kind: fleet.RefusesKeys})
	if _, _, err := run(t, client, refusing.String(), "true", ""); err == nil {
		t.Error("a server that refuses keys let one in")
	}
	client.Auth = []ssh.AuthMethod{ssh.PublicKeys(newKey(t))}
	if _, _, err := run(t, client, add(t, f, fleet.Behaviour{}).String(), "true", ""); err == nil {
		t.Error("a foreign key was let in")
	}
}

func TestNothingIsServedBeyondLoopback(t *testing.T) {
	f, _ := newFleet(t, fleet.Config{})
	for _, at := range []string{"0.0.0.0:2222", "10.0.0.1:2222", "[::]:2222", "[2001:db8::7]:2222"} {
		if err := f.AddAt(netip.MustParseAddrPort(at), fleet.Behaviour{}); !errors.Is(err, fleet.ErrNotLoopback) {
			t.Errorf("%s: got %v, want ErrNotLoopback", at, err)
		}
	}
	if err := f.AddAt(netip.MustParseAddrPort("127.0.0.1:0"), fleet.Behaviour{}); err == nil {
		t.Error("a server was added at no port")
	}
}

func TestAClosedPortRefusesAndStaysTaken(t *testing.T) {
	f, _ := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{Kind: fleet.Closed})
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr.String()); err == nil {
		_ = conn.Close()
		t.Error("a closed port was connected to")
	}
	if err := f.AddAt(addr, fleet.Behaviour{}); err == nil {
		t.Error("a closed port was given away")
	}
}

func TestBehavioursBeforeSSH(t *testing.T) {
	f, _ := newFleet(t, fleet.Config{})
	cases := map[string]struct {
		how  fleet.Behaviour
		want string
	}{
		"closes at once": {fleet.Behaviour{Kind: fleet.ClosesAtOnce}, ""},
		"rubbish":        {fleet.Behaviour{Kind: fleet.Rubbish}, "HTTP/1.1 400"},
		"dribbles":       {fleet.Behaviour{Kind: fleet.Dribbles}, "SSS"},
		"babbles":        {fleet.Behaviour{Kind: fleet.Babbles}, "220 "},
		"late":           {fleet.Behaviour{Delay: time.Millisecond}, "SSH-2.0-"},
		"preface":        {fleet.Behaviour{Preface: []byte("hello\r\n")}, "hello\r\nSSH-2.0-"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", add(t, f, c.how).String())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			said := make([]byte, len(c.want))
			if _, err := io.ReadFull(conn, said); err != nil || string(said) != c.want {
				t.Errorf("said %q (%v), want %q", said, err, c.want)
			}
			if c.want == "" {
				if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
					t.Errorf("got %v, want the end", err)
				}
			}
		})
	}
}

func TestTheKnownHostsLineAdmitsTheServer(t *testing.T) {
	f, client := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("kept\n")})
	file := filepath.Join(t.TempDir(), "known_hosts")
	writeFile(t, file, f.KnownHostsLine(addr)+"\n")
	check, err := knownhosts.New(file)
	if err != nil {
		t.Fatal(err)
	}
	client.HostKeyCallback = check
	client.HostKeyAlgorithms = []string{ssh.KeyAlgoED25519}
	if out, _, err := run(t, client, addr.String(), "anything", "script"); err != nil || out != "kept\n" {
		t.Errorf("got %q and %v", out, err)
	}
}

func TestAKeyThatWasWrittenGetsIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	public, err := fleet.WriteKey(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	f, client := newFleet(t, fleet.Config{Authorized: []ssh.PublicKey{public}})
	client.Auth = []ssh.AuthMethod{ssh.PublicKeys(key)}
	if _, _, err := run(t, client, add(t, f, fleet.Behaviour{}).String(), "true", ""); err != nil {
		t.Error(err)
	}
	if _, err := fleet.WriteKey(path); err == nil {
		t.Error("a key was written over another")
	}
}

//go:build e2e

package host_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/host"
	"scanmaster/runner/plan"
)

// sshd is the real one; it needs root, and Debian's openssh-server.
const sshd = "/usr/sbin/sshd"

// sshdConfig gives every command a home and a PATH of the test's.
const sshdConfig = `ListenAddress %[1]s
HostKey %[2]s/host_key
AuthorizedKeysFile %[2]s/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
ForceCommand cd %[2]s/home && HOME=%[2]s/home PATH=%[2]s/bin:$PATH %[3]s exec sh -c "$SSH_ORIGINAL_COMMAND"
`

// realPlace is a host with sshd and screen; its tools are in bin.
func realPlace(t *testing.T, environ string) (p place, bin string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	key, dir, addr := newKey(t), t.TempDir(), freePort(t)
	write(t, filepath.Join(dir, "host_key"), string(pem.EncodeToMemory(block)), 0o600)
	write(t, filepath.Join(dir, "authorized_keys"), string(ssh.MarshalAuthorizedKey(key.PublicKey())), 0o600)
	write(t, filepath.Join(dir, "config"), fmt.Sprintf(sshdConfig, addr, dir, environ), 0o600)
	for _, sub := range []string{"home", "bin"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	startSSHD(t, filepath.Join(dir, "config"))
	return place{Host: dial(t, addr, key, patience, t.Logf), home: filepath.Join(dir, "home")}, filepath.Join(dir, "bin")
}

// freePort is an address on which nothing listens just now.
func freePort(t *testing.T) netip.AddrPort {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return netip.MustParseAddrPort(l.Addr().String())
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

func TestRealAWorkerInScreenGoesOnWithoutUs(t *testing.T) {
	c, layout := launchOf(t, plan.ViaScreen)
	p, bin := realPlace(t, "FOLDER="+layout.Prefix())
	tool(t, bin, "scanslave", works)
	work := layout.WorkDir("202401010001", "xaa")
	t.Cleanup(func() { write(t, filepath.Join(work, "go"), "", 0o644) })
	if f := look(t, p, layout.Dir); !f.Screen.Works || f.Home != p.home || !f.Scanslave.Classic {
		t.Fatalf("the host is %+v", f)
	}
	if err := p.Launch(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	sign(t, p.Host, layout, host.Working)
	for _, name := range []string{c.Screenrc, c.Script} {
		if _, err := os.Stat(filepath.Join(p.home, name)); err == nil {
			t.Errorf("%s stays when the worker has begun", name)
		}
	}
	if alive, err := p.Alive(t.Context(), layout, "xaa"); !alive || err != nil {
		t.Errorf("alive: %v, %v", alive, err)
	}
	line, err := p.Session(t.Context(), layout, "xaa")
	if err != nil {
		t.Fatal(err)
	}
	pid := strings.TrimSuffix(strings.TrimPrefix(line, "screen -x "), ".")
	listed, _ := exec.CommandContext(t.Context(), "screen", "-ls").Output() // its status says nothing
	if !bytes.Contains(listed, []byte("\t"+pid+".")) {
		t.Errorf("%q names none of the sessions: %s", line, listed)
	}
	write(t, filepath.Join(work, "go"), "", 0o644)
	if s := sign(t, p.Host, layout, host.Ended); !strings.Contains(s.Words, "bye") {
		t.Errorf("got %+v", s)
	}
}

func TestRealAWorkerThatFailsInScreenLeavesItsWords(t *testing.T) {
	c, layout := launchOf(t, plan.ViaScreen)
	p, bin := realPlace(t, "")
	for text, want := range map[string]string{
		"#!/bin/sh\necho 'no such key' >&2\nexit 2\n": "no such key",
		"#!/bin/sh\nkill -9 $$\n":                     "status 137",
		"#!/no/such/sh\n":                             "scanslave",
	} {
		tool(t, bin, "scanslave", text)
		if err := p.Launch(t.Context(), c); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if s := sign(t, p.Host, layout, host.Ended); !strings.Contains(s.Words, want) {
			t.Errorf("%q: got %+v, want %q", text, s, want)
		}
	}
}

func TestRealWhereScreensOwnFolderIsNoGoodOneOfOursIsUsed(t *testing.T) {
	c, layout := launchOf(t, plan.ViaScreen)
	bad := t.TempDir()
	if err := os.Chmod(bad, 0o755); err != nil {
		t.Fatal(err)
	}
	p, bin := realPlace(t, "SCREENDIR="+bad+" FOLDER="+layout.Prefix())
	tool(t, bin, "scanslave", works)
	work := layout.WorkDir("202401010001", "xaa")
	t.Cleanup(func() { write(t, filepath.Join(work, "go"), "", 0o644) })
	if err := p.Launch(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	sign(t, p.Host, layout, host.Working)
	if line, err := p.Session(t.Context(), layout, "xaa"); err != nil || !strings.HasPrefix(line, "env SCREENDIR=/tmp/.screen-scanmaster-") {
		t.Errorf("got %q, %v", line, err)
	}
	write(t, filepath.Join(work, "go"), "", 0o644)
	sign(t, p.Host, layout, host.Ended)
}

func TestRealManyStartsWithOneHomeEachRunTheirOwnChunk(t *testing.T) {
	_, layout := launchOf(t, plan.ViaScreen)
	p, bin := realPlace(t, "FOLDER="+layout.Prefix())
	tool(t, bin, "scanslave", "#!/bin/sh\nfor chunk; do :; done\nmkdir \"$FOLDER/202401010001.${chunk##*/}\"\n")
	chunks := []string{"xaa", "xab", "xac", "xad"}
	started := make(chan error)
	for _, chunk := range chunks {
		one := launchOn(layout, plan.ViaScreen, chunk)
		write(t, one.Log, "", 0o600) // which is no trace of a worker
		go func() { started <- p.Launch(t.Context(), one) }()
	}
	for range chunks {
		if err := <-started; err != nil {
			t.Error(err)
		}
	}
	for _, chunk := range chunks {
		for {
			s, err := p.Begun(t.Context(), layout, chunk, 0)
			if err != nil {
				t.Fatal(err)
			}
			if s.State == host.Ended {
				break
			}
		}
		if _, err := os.Stat(layout.WorkDir("202401010001", chunk)); err != nil {
			t.Error(err)
		}
	}
}

func TestRealAWorkerInScreenIsEnded(t *testing.T) {
	c, layout := launchOf(t, plan.ViaScreen)
	p, bin := realPlace(t, "FOLDER="+layout.Prefix())
	tool(t, bin, "scanslave", works)
	if err := p.Launch(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	sign(t, p.Host, layout, host.Working)
	if err := p.Stop(t.Context(), layout, "xaa", patience); err != nil {
		t.Fatal(err)
	}
	sign(t, p.Host, layout, host.Ended)
	for {
		switch _, err := p.Session(t.Context(), layout, "xaa"); {
		case errors.Is(err, host.ErrNoSession):
			return // screen goes when its last window has
		case err != nil:
			t.Fatal(err)
		}
	}
}

//go:build e2e

package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

// TestRealExamplesOnBusybox has the examples' scripts run by the shell and the
// tools of Alpine.
func TestRealExamplesOnBusybox(t *testing.T) {
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	applets, err := exec.CommandContext(t.Context(), busybox, "--list").Output()
	if err != nil {
		t.Fatal(err)
	}
	for applet := range strings.FieldsSeq(string(applets)) {
		switch applet {
		case "busybox", "df", "dpkg", "netstat": // what these examples ask is what machines are given, or lack
			continue
		}
		if err := os.Symlink(busybox, filepath.Join(dir, applet)); err != nil {
			t.Fatal(err)
		}
	}
	examplesAnswer(t, dir)
}

// certified makes a certificate that runs out at a time, and gives it as PEM.
func certified(t *testing.T, end time.Time) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: end.Add(-1000 * time.Hour), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	block := &pem.Block{Type: "CERTIFICATE", Bytes: der}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(pem.EncodeToMemory(block))
}

// TestRealCertificatesAreJudged has the example ask the real openssl, of real
// certificates, in files and of a server.
func TestRealCertificatesAreJudged(t *testing.T) {
	day := 24 * time.Hour
	ends := map[string]time.Time{}
	root := t.TempDir()
	for name, left := range map[string]time.Duration{"over": -2 * day, "soon": 12 * day, "fine": 500 * day} {
		ends[name] = time.Now().Add(left).UTC()
		_, text := certified(t, ends[name])
		path := filepath.Join(root, "etc/letsencrypt/live", name, "cert.pem")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, text)
	}
	ends["served"] = time.Now().Add(40 * day).UTC()
	cert, _ := certified(t, ends["served"])
	server, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	go serveTLS(t.Context(), server)
	t.Cleanup(func() { _ = server.Close() })
	port := server.Addr().(*net.TCPAddr).Port

	home, key := newHome(t)
	f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}, Env: []string{"PATH=" + os.Getenv("PATH"), "ROOT=" + root}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at, err := f.Add(fleet.Behaviour{})
	if err != nil {
		t.Fatal(err)
	}
	dir := copyExample(t, "certificates", fmt.Sprintf("web1 %s\n", at))
	scan := filepath.Join(dir, "scan.yaml")
	text, err := os.ReadFile(scan)
	if err != nil {
		t.Fatal(err)
	}
	write(t, scan, strings.ReplaceAll(string(text), "- :443", fmt.Sprintf("- :%d", port)))
	applyAt(t, scan, home, exitFailed)

	date := func(name string) string { return ends[name].Format(time.DateOnly) }
	want := map[string]string{"web1": fmt.Sprintf("exit_6\n%s /etc/letsencrypt/live/over/cert.pem; %s /etc/letsencrypt/live/soon/cert.pem; %s :%d; %s /etc/letsencrypt/live/fine/cert.pem\n",
		date("over"), date("soon"), date("served"), port, date("fine"))}
	if diff := cmp.Diff(want, outcomes(t, filepath.Join(dir, "results", "chunked", "certificates"))); diff != "" {
		t.Errorf("what is wanted (-) and what came (+):\n%s", diff)
	}
}

// serveTLS shakes hands with whoever comes, until the listener is closed.
func serveTLS(ctx context.Context, l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			_ = conn.(*tls.Conn).HandshakeContext(ctx)
			_ = conn.Close()
		}()
	}
}

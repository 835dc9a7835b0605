package main

import (
	"context"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

// startFarm is the script's command "farm FILE GROUP=N …": it starts worker
// hosts on loopback, leaves the key that they accept in "key" and their own in
// "known", and writes them into the scan file in the place of the word FARM.
// All have the home "home", where there is the same key, and the script's PATH,
// where there is a scanslave.
func startFarm(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: farm FILE GROUP=N …")
	}
	key, err := fleet.WriteKey(ts.MkAbs("key"))
	ts.Check(err)
	ts.Check(os.MkdirAll(ts.MkAbs("home"), 0o700))
	ts.Check(os.WriteFile(ts.MkAbs("home/key"), []byte(ts.ReadFile("key")), 0o600))
	f, err := fleet.New(fleet.Config{
		Authorized: []ssh.PublicKey{key}, Dir: ts.MkAbs("home"), Env: []string{"PATH=" + ts.Getenv("PATH"), "GORACE=" + ts.Getenv("GORACE")},
	})
	ts.Check(err)
	ts.Defer(func() { _ = f.Close() })
	var hosts []string
	known := ""
	for _, arg := range args[1:] {
		name, count, _ := strings.Cut(arg, "=")
		behaviour, ok := groups[name]
		n, err := strconv.Atoi(count)
		if !ok || err != nil {
			ts.Fatalf("usage: farm FILE GROUP=N …")
		}
		for range n {
			addr, err := f.Add(behaviour)
			ts.Check(err)
			known += f.KnownHostsLine(addr) + "\n"
			hosts = append(hosts, fmt.Sprintf("{host: %s, port: %d, identity: key}", addr.Addr(), addr.Port()))
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("known"), []byte(known), 0o600))
	scan := strings.ReplaceAll(ts.ReadFile(args[0]), "FARM", strings.Join(hosts, ", "))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(scan), 0o600))
	ts.Check(os.MkdirAll(ts.MkAbs("share"), 0o700))
}

// buildProgram is the script's command "build DIR": it puts a static build of
// this program for this system there, as deploy_from wants it.
func buildProgram(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: build DIR")
	}
	to := filepath.Join(ts.MkAbs(args[0]), "scanmaster_"+runtime.GOOS+"_"+runtime.GOARCH)
	cmd := exec.CommandContext(context.Background(), "go", "build", "-o", to, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	ts.Logf("%s", out)
	ts.Check(err)
}

// lockKey is the script's command "lockkey FILE PASSPHRASE": it protects a
// private key with a passphrase.
func lockKey(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: lockkey FILE PASSPHRASE")
	}
	ts.Check(lockFile(ts.MkAbs(args[0]), args[1]))
}

// lockFile does so.
func lockFile(path, passphrase string) error {
	open, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	key, err := ssh.ParseRawPrivateKey(open)
	if err != nil {
		return err
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	if err != nil {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(locked), 0o600)
}

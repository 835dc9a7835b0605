package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

// groups are the kinds of targets that a script may ask for.
var groups = map[string]fleet.Behaviour{
	"fine":   {},
	"bad":    {Kind: fleet.Canned, Status: 3, Stdout: []byte("not good\n")},
	"closed": {Kind: fleet.Closed},
	"denied": {Kind: fleet.RefusesKeys},
	"mute":   {Kind: fleet.Mute},
	"stuck":  {Kind: fleet.NeverEnds},
	"slow":   {Delay: time.Second},
	"flaky":  {First: []fleet.Kind{fleet.ClosesAtOnce}},
	"old":    {Algorithms: ssh.Algorithms{KeyExchanges: []string{ssh.InsecureKeyExchangeDH1SHA1}}},
	"evil":   {Kind: fleet.Canned, Stdout: []byte("\x1b]0;owned\a::error::no\n")},
}

// startFleet is the script's command "fleet GROUP=N …": it starts targets on
// loopback, and leaves the key that they accept in "key" and the list of them
// in "targets.txt".
func startFleet(ts *testscript.TestScript, _ bool, args []string) {
	key, err := fleet.WriteKey(ts.MkAbs("key"))
	ts.Check(err)
	f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}})
	ts.Check(err)
	ts.Defer(func() { _ = f.Close() })
	var list strings.Builder
	for _, arg := range args {
		name, count, _ := strings.Cut(arg, "=")
		behaviour, ok := groups[name]
		n, err := strconv.Atoi(count)
		if !ok || err != nil {
			ts.Fatalf("usage: fleet GROUP=N …")
		}
		for i := range n {
			addr, err := f.Add(behaviour)
			ts.Check(err)
			fmt.Fprintf(&list, "%s%d %s\n", name, i+1, addr)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("targets.txt"), []byte(list.String()), 0o600))
	ts.Check(os.MkdirAll(ts.MkAbs("share"), 0o700))
}

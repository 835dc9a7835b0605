//go:build e2e

// Command crowd serves targets on all of 127/8 in a process of its own, so that
// the memory of what scans them can be measured. Its argument is the file of
// the public key that it lets in. It prints the port, and ends with its stdin.
package main

import (
	"fmt"
	"io"
	"net/netip"
	"os"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

func main() {
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "crowd:", err)
		os.Exit(1)
	}
}

func serve(authorized string) error {
	text, err := os.ReadFile(authorized)
	if err != nil {
		return err
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		return err
	}
	f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}})
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // the process ends
	port, err := f.Any(0, func(a netip.Addr) fleet.Behaviour {
		return fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("this is " + a.String() + "\n")}
	})
	if err != nil {
		return err
	}
	fmt.Println(port)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

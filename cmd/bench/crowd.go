package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

// The second byte of a target's address says how it behaves.
const (
	liveNet = 8 // and all that isn't named here
	muteNet = 200
	loudNet = 150
)

// loudness is how much a loud target writes, in bytes.
const loudness = 1 << 20

// loudText is what it writes: lines of 64 bytes.
var loudText = bytes.Repeat([]byte("one of very many lines that all say the same, at great length..\n"), loudness/64)

// crowd serves targets on all of 127/8 until stdin ends. Its arguments are the
// file of the public key that it lets in, and how many ports there are to be
// that don't answer. It prints the port of all others, and then those.
func crowd(_ context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("crowd takes a public key's file and a number")
	}
	filtered, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	text, err := os.ReadFile(args[0])
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
	port, err := f.Any(0, behaviour)
	if err != nil {
		return err
	}
	fmt.Println(port)
	for range filtered {
		at, err := f.Add(fleet.Behaviour{Kind: fleet.Filtered})
		if err != nil {
			return err
		}
		fmt.Println(at)
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func behaviour(a netip.Addr) fleet.Behaviour {
	switch a.As4()[1] {
	case muteNet:
		return fleet.Behaviour{Kind: fleet.Mute}
	case loudNet:
		return fleet.Behaviour{Kind: fleet.Canned, Stdout: loudText}
	}
	return fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("this is " + a.String() + "\n")}
}

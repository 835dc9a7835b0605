package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// floor is the least that a program can do that runs a script on every target
// of a list by golang.org/x/crypto/ssh: dial, handshake, the script into
// "bash -s", read all, close. It judges no host key and keeps nothing. Its
// arguments are the list, the private key's file, the script's file, how many
// targets are in hand at a time, and the key exchange method or nothing.
func floor(ctx context.Context, args []string) error {
	if len(args) != 5 {
		return errors.New("floor takes five arguments")
	}
	list, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer list.Close()
	f, err := newBareLoop(args)
	if err != nil {
		return err
	}
	jobs, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	lines := make(chan string)
	var done sync.WaitGroup
	for range jobs {
		done.Go(func() {
			for address := range lines {
				if f.visit(address) != nil {
					f.failed.Add(1)
				}
			}
		})
	}
	in := bufio.NewScanner(list)
	for in.Scan() && ctx.Err() == nil {
		_, address, _ := strings.Cut(in.Text(), " ")
		lines <- address
	}
	close(lines)
	done.Wait()
	if n := f.failed.Load(); n > 0 {
		return errors.New(strconv.FormatInt(n, 10) + " targets failed")
	}
	return in.Err()
}

// bareLoop is what all visits have in common.
type bareLoop struct {
	config ssh.ClientConfig
	script string
	failed atomic.Int64
}

func newBareLoop(args []string) (*bareLoop, error) {
	key, err := os.ReadFile(args[1])
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(key)
	if err != nil {
		return nil, err
	}
	script, err := os.ReadFile(args[2])
	if err != nil {
		return nil, err
	}
	f := &bareLoop{script: string(script), config: ssh.ClientConfig{
		User: "root", Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: func(string, net.Addr, ssh.PublicKey) error { return nil }, Timeout: 10 * time.Second,
	}}
	if args[4] != "" {
		f.config.KeyExchanges = []string{args[4]}
	}
	return f, nil
}

func (f *bareLoop) visit(address string) error {
	client, err := ssh.Dial("tcp", address, &f.config)
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // what counts has been read
	s, err := client.NewSession()
	if err != nil {
		return err
	}
	s.Stdin = strings.NewReader(f.script)
	out, err := s.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.Start("bash -s"); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, out); err != nil {
		return err
	}
	return s.Wait()
}

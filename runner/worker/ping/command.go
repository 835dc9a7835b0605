package ping

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// processes bounds how many processes ask at a time.
const processes = 256

// command asks through ping(8), a process a host.
type command struct {
	path string
	// patience is when a process that doesn't end by itself is ended.
	patience time.Duration
	// places holds one for each process there may be.
	places chan struct{}
}

// Command gives a pinger that runs ping(8) from the folders of path, which is
// formed as PATH.
func Command(path string) (Pinger, error) {
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue // what runs must not depend on where
		}
		if found, err := exec.LookPath(filepath.Join(dir, "ping")); err == nil {
			return newCommand(found, tries*interval+2*time.Second), nil
		}
	}
	return nil, errors.New("there is no ping(8) in PATH")
}

func newCommand(path string, patience time.Duration) *command {
	return &command{path: path, patience: patience, places: make(chan struct{}, processes)}
}

// Ping runs one process. It ends with ctx. An IPv4 address in IPv6's form, as
// look-ups give it, is no IPv6 address to ping(8).
func (c *command) Ping(ctx context.Context, addr netip.Addr) error {
	select {
	case c.places <- struct{}{}:
		defer func() { <-c.places }()
	case <-ctx.Done():
		return ctx.Err()
	}
	bound, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	seconds := strconv.Itoa(int(tries * interval / time.Second))
	cmd := exec.CommandContext(bound, c.path, "-n", "-c", "1", "-w", seconds, "--", addr.Unmap().String())
	cmd.Env = []string{"LC_ALL=C"}
	cmd.WaitDelay = interval
	var said bytes.Buffer
	cmd.Stderr = &said
	err := cmd.Run()
	exit := new(exec.ExitError)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case bound.Err() != nil:
		return ErrNoEcho
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return ErrNoEcho // ping(8): no reply packets were received
	}
	return fmt.Errorf("%s: %w: %s", c.path, err, bytes.TrimSpace(said.Bytes()))
}

// How names the program.
func (c *command) How() string { return c.path }

// Close has nothing to do: a process ends with its Ping.
func (c *command) Close() error { return nil }

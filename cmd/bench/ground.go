package main

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
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/crypto/ssh"
)

// ground is a folder with all that a measurement needs, and the targets.
type ground struct {
	dir        string
	self       string // this program
	scanmaster string // the program that is measured
	key        string // the private key's file
	script     string
	port       int
	filtered   []string // addresses that don't answer
	left       int      // files and folders that the last run has left in its share
	stdin      io.Closer
	crowd      *exec.Cmd
}

// on makes a ground, has something measured on it, and closes it.
func on(ctx context.Context, filtered int, measure func(*ground) error) error {
	g, err := newGround(ctx, filtered)
	if err != nil {
		return err
	}
	return errors.Join(measure(g), g.close())
}

// newGround makes a ground. The caller closes it.
func newGround(ctx context.Context, filtered int) (g *ground, err error) {
	g = new(ground)
	if g.dir, err = os.MkdirTemp("", "bench."); err != nil {
		return nil, err
	}
	if err = g.lay(ctx, filtered); err != nil {
		return nil, errors.Join(err, g.close())
	}
	return g, nil
}

func (g *ground) lay(ctx context.Context, filtered int) (err error) {
	if g.self, err = os.Executable(); err != nil {
		return err
	}
	g.scanmaster = g.path("scanmaster")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", g.scanmaster, "scanmaster/cmd/scanmaster")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build scanmaster: %w", err)
	}
	if err := os.Symlink("scanmaster", g.path("scanslave")); err != nil {
		return err
	}
	if g.script, err = g.write("remote.sh", "echo \"this is $(uname -n)\"\n"); err != nil {
		return err
	}
	if err := g.makeKey(); err != nil {
		return err
	}
	return g.start(ctx, filtered)
}

func (g *ground) path(name string) string { return filepath.Join(g.dir, name) }

func (g *ground) write(name, text string) (string, error) {
	return g.path(name), os.WriteFile(g.path(name), []byte(text), 0o600)
}

func (g *ground) makeKey() error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "bench")
	if err != nil {
		return err
	}
	if g.key, err = g.write("key", string(pem.EncodeToMemory(block))); err != nil {
		return err
	}
	shown, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	_, err = g.write("key.pub", string(ssh.MarshalAuthorizedKey(shown)))
	return err
}

// start starts the targets.
func (g *ground) start(ctx context.Context, filtered int) error {
	g.crowd = exec.CommandContext(ctx, g.self, "crowd", g.path("key.pub"), fmt.Sprint(filtered))
	g.crowd.Stderr = os.Stderr
	stdin, err := g.crowd.StdinPipe()
	if err != nil {
		return err
	}
	g.stdin = stdin
	stdout, err := g.crowd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := g.crowd.Start(); err != nil {
		return err
	}
	lines := bufio.NewReader(stdout)
	if _, err := fmt.Fscanln(lines, &g.port); err != nil {
		return fmt.Errorf("the targets: %w", err)
	}
	g.filtered = make([]string, filtered)
	for i := range g.filtered {
		if _, err := fmt.Fscanln(lines, &g.filtered[i]); err != nil {
			return fmt.Errorf("the targets: %w", err)
		}
	}
	return nil
}

// close ends the targets and removes the folder.
func (g *ground) close() error {
	if g.stdin != nil {
		_ = g.stdin.Close()
		_ = g.crowd.Wait() // it may have been killed with the context
	}
	return os.RemoveAll(g.dir)
}

// address is that of a target of a net, without the port.
func address(net, n int) string {
	return fmt.Sprintf("127.%d.%d.%d", net+n/62500, n/250%250, n%250+1)
}

// list writes a list of live targets, after these lines.
func (g *ground) list(name string, targets int, first ...string) (string, error) {
	return g.listOf(name, liveNet, targets, first...)
}

// listOf writes a list of targets of one net, after these lines.
func (g *ground) listOf(name string, net, targets int, first ...string) (string, error) {
	f, err := os.Create(g.path(name))
	if err != nil {
		return "", err
	}
	w := bufio.NewWriter(f)
	for _, line := range first {
		_, _ = fmt.Fprintln(w, line) // Flush tells
	}
	for n := range targets {
		_, _ = fmt.Fprintf(w, "host%d %s:%d\n", n, address(net, n), g.port)
	}
	return f.Name(), errors.Join(w.Flush(), f.Close())
}

// count counts the lines of all files that a pattern names, below a folder.
func count(dir, pattern string) (n int, err error) {
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	for _, name := range files {
		lines, err := countFile(name)
		if err != nil {
			return 0, err
		}
		n += lines
	}
	return n, err
}

func countFile(name string) (lines int, err error) {
	f, err := os.Open(filepath.Clean(name))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	buffer := make([]byte, 1<<20)
	for {
		n, err := f.Read(buffer)
		lines += bytes.Count(buffer[:n], []byte("\n"))
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// throughput runs the bare loop, one worker and a whole scan over the same list.
func throughput(ctx context.Context, o options) error {
	if o.targets == 0 {
		o.targets = 10_000
	}
	return on(ctx, 0, func(g *ground) error { return g.throughputOf(ctx, o) })
}

func (g *ground) throughputOf(ctx context.Context, o options) error {
	list, err := g.list("targets.txt", o.targets)
	if err != nil {
		return err
	}
	heading(o, "throughput")
	all := []contender{g.floor(o, list), g.worker(o, list, o.targets), g.apply(o, list, 3, o.targets)}
	runs, err := contest(ctx, all, o.pairs, note)
	if err != nil {
		return err
	}
	return table(os.Stdout, all, runs, o.targets)
}

// floor is the bare loop.
func (g *ground) floor(o options, list string) contender {
	return contender{"bare loop of x/crypto/ssh", func(ctx context.Context) (*exec.Cmd, func() error, error) {
		cmd := exec.CommandContext(ctx, g.self, "floor", list, g.key, g.script, fmt.Sprint(o.jobs), o.kex)
		return cmd, func() error { return nil }, nil // it fails where a target does
	}}
}

// sshopts is how targets are reached, as a classic worker is told.
func (g *ground) sshopts(o options) string {
	opts := "-l root -i " + g.key + " -o StrictHostKeyChecking=accept-new"
	if o.kex != "" {
		opts += " -o KexAlgorithms=" + o.kex
	}
	return opts
}

// worker is one worker with all that it does: it records the keys of all hosts,
// each of which it sees for the first time. It has so many lines of results.
func (g *ground) worker(o options, list string, ok int) contender {
	return contender{"scanslave", func(ctx context.Context) (*exec.Cmd, func() error, error) {
		share, err := os.MkdirTemp(g.dir, "share.")
		if err == nil {
			err = os.MkdirAll(filepath.Join(share, "chunked/bench"), 0o700) // the master's work
		}
		if err != nil {
			return nil, nil, err
		}
		cmd := exec.CommandContext(ctx, g.path("scanslave"), "-A", "pubkey", "-d", share, "-r", g.script,
			"-n", fmt.Sprint(o.jobs), "bench", list, "--", "-P")
		cmd.Dir = g.dir
		cmd.Env = append(os.Environ(), "SSHOPTS="+g.sshopts(o), "TMPDIR="+g.dir)
		return cmd, func() error {
			return errors.Join(want(filepath.Join(share, "chunked/bench"), "*/output/*/*/hosts_ok", ok), g.clear(share))
		}, nil
	}}
}

// apply is a whole scan by so many workers of this machine, with so many targets
// that are ok.
func (g *ground) apply(o options, list string, workers, ok int) contender {
	return contender{fmt.Sprintf("scanmaster apply, %d workers", workers), func(ctx context.Context) (*exec.Cmd, func() error, error) {
		share, err := os.MkdirTemp(g.dir, "share.")
		if err != nil {
			return nil, nil, err
		}
		scan, err := g.write("scan.yaml", fmt.Sprintf(`version: 1
name: bench
dir: %s
input: %s
remote: remote.sh
hosts: [%s]
jobs: %d
targets: {user: root, identity: %s}
checks: {ping: false}
`, share, filepath.Base(list), locals(workers), (o.jobs+workers-1)/workers, g.key))
		if err != nil {
			return nil, nil, err
		}
		cmd := exec.CommandContext(ctx, g.scanmaster, "apply", scan)
		return cmd, func() error {
			return errors.Join(want(filepath.Join(share, "chunked/bench"), "final/ok", ok), g.clear(share))
		}, nil
	}}
}

// locals names so many workers of this machine.
func locals(workers int) string {
	return strings.TrimSuffix(strings.Repeat("local, ", workers), ", ")
}

// clear removes a shared folder, and remembers how many files and folders a run
// has left there.
func (g *ground) clear(share string) error {
	g.left = 0
	err := filepath.WalkDir(share, func(string, fs.DirEntry, error) error { g.left++; return nil })
	return errors.Join(err, os.RemoveAll(share))
}

// want counts lines of results.
func want(dir, pattern string, lines int) error {
	n, err := count(dir, pattern)
	if err == nil && n != lines {
		err = fmt.Errorf("%s has %d lines, and should have %d", filepath.Join(dir, pattern), n, lines)
	}
	return err
}

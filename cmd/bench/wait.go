package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// workers are how many share the chunks when the end is waited for.
const workers = 4

// wait times how long it takes from the last .done file to the aggregator's
// first instruction, with a thousand chunks watched.
func wait(ctx context.Context, o options) error {
	if o.targets == 0 {
		o.targets = 1000 // a chunk each
	}
	return on(ctx, 0, func(g *ground) error { return g.waitOf(ctx, o) })
}

func (g *ground) waitOf(ctx context.Context, o options) error {
	list, err := g.list("targets.txt", o.targets)
	if err != nil {
		return err
	}
	if _, err := g.write("aggregate.sh", "#!/bin/sh\ndate +%s%N >"+g.path("began")+"\n"); err != nil {
		return err
	}
	if err := os.Chmod(g.path("aggregate.sh"), 0o700); err != nil { //nolint:gosec // it is run
		return err
	}
	heading(o, "end detection")
	var all []float64
	for round := range o.pairs {
		after, err := g.lastDone(ctx, list, (o.targets+workers-1)/workers)
		if err != nil {
			return err
		}
		all = append(all, float64(after)/float64(time.Millisecond))
		note(fmt.Sprintf("%d of %d: %v", round+1, o.pairs, after))
	}
	fmt.Printf("from the last .done to the aggregator, %d chunks watched: median %.1f ms\n", o.targets, median(all))
	return nil
}

// lastDone applies a scan and gives the time from its last .done file, as the
// file system has it, to what its aggregator has written down first.
func (g *ground) lastDone(ctx context.Context, list string, chunks int) (_ time.Duration, err error) {
	share, err := os.MkdirTemp(g.dir, "share.")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(share)) }()
	scan, err := g.write("wait.yaml", fmt.Sprintf(`version: 1
name: bench
dir: %s
input: %s
remote: remote.sh
hosts: [%s]
chunks: %d
hooks: {aggregate: aggregate.sh}
targets: {user: root, identity: %s}
checks: {ping: false}
`, share, filepath.Base(list), locals(workers), chunks, g.key))
	if err != nil {
		return 0, err
	}
	if out, err := exec.CommandContext(ctx, g.scanmaster, "apply", scan).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("apply: %w\n%s", err, out[max(0, len(out)-2000):])
	}
	done, err := filepath.Glob(filepath.Join(share, "chunked/bench/*/.done"))
	if err != nil || len(done) == 0 {
		return 0, fmt.Errorf("%d .done files: %w", len(done), err)
	}
	var last time.Time
	for _, name := range done {
		var now unix.Stat_t
		if err := unix.Stat(name, &now); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		// It was changed last when it got its name, whole and on the disk.
		if there := time.Unix(now.Ctim.Unix()); there.After(last) {
			last = there
		}
	}
	text, err := os.ReadFile(g.path("began"))
	if err != nil {
		return 0, err
	}
	began, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return time.Unix(0, began).Sub(last), err
}

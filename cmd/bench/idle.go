package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// watched is how long a master is watched that waits for its last workers.
const watched = time.Minute

// idle tells how much of a processor a master takes that waits: all but one of
// its workers' chunks are done, and those left are at targets that stay silent.
func idle(ctx context.Context, o options) error {
	if o.targets == 0 {
		o.targets = 1000 // a chunk each
	}
	return on(ctx, 0, func(g *ground) error { return g.idleOf(ctx, o, watched) })
}

func (g *ground) idleOf(ctx context.Context, o options, watched time.Duration) error {
	list, err := g.idleList(o.targets)
	if err != nil {
		return err
	}
	share, err := os.MkdirTemp(g.dir, "share.")
	if err != nil {
		return err
	}
	scan, err := g.write("idle.yaml", fmt.Sprintf(`version: 1
name: bench
dir: %s
input: %s
remote: remote.sh
hosts: [%s]
chunks: %d
timeouts: {banner: 1h}
targets: {user: root, identity: %s}
checks: {ping: false}
`, share, filepath.Base(list), locals(workers+1), (o.targets+workers)/(workers+1), g.key))
	if err != nil {
		return err
	}
	o.pairs = 1 // it takes long
	heading(o, "a waiting master")
	cmd := exec.CommandContext(ctx, g.scanmaster, "apply", scan)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	var said tail
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return err
	}
	part, err := g.waiting(ctx, cmd.Process.Pid, filepath.Join(share, "chunked/bench/*/.done"), o.targets-workers, watched)
	for range 2 { // told twice it doesn't take its time
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		time.Sleep(time.Second / 10)
	}
	_ = cmd.Wait() // it was interrupted
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said.text)
	}
	fmt.Printf("%d chunks done and %d at work: the master takes %.3f %% of a processor over %v\n", o.targets-workers, workers, 100*part, watched)
	return errors.Join(ctx.Err(), os.RemoveAll(share))
}

// idleList writes a list the last of whose targets accept and stay silent, one a
// worker but for one.
func (g *ground) idleList(targets int) (string, error) {
	list, err := g.list("targets.txt", targets-workers)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(filepath.Clean(list), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	for n := range workers {
		if _, err := fmt.Fprintf(f, "mute%d %s:%d\n", n, address(muteNet, n), g.port); err != nil {
			return "", errors.Join(err, f.Close())
		}
	}
	return list, f.Close()
}

// waiting waits until so many are done, and gives the part of a processor that a
// process takes from then on.
func (g *ground) waiting(ctx context.Context, pid int, pattern string, chunks int, watched time.Duration) (float64, error) {
	for {
		done, err := filepath.Glob(pattern)
		if err != nil || len(done) == chunks {
			break
		}
		if err := pause(ctx, time.Second); err != nil {
			return 0, err
		}
	}
	if err := pause(ctx, time.Second); err != nil {
		return 0, err
	}
	before, err := processor(pid)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := pause(ctx, watched); err != nil {
		return 0, err
	}
	after, err := processor(pid)
	return float64(after-before) / float64(time.Since(began)), err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// processor gives the time that a process's threads have run so far (proc(5),
// schedstat).
func processor(pid int) (time.Duration, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(tasks) == 0 {
		return 0, fmt.Errorf("process %d has ended", pid)
	}
	var sum time.Duration
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil {
			return 0, err
		}
		first, _, _ := bytes.Cut(text, []byte(" "))
		ran, err := strconv.ParseInt(strings.TrimSpace(string(first)), 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ran)
	}
	return sum, nil
}

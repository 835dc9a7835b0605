package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/result"
)

// chunkRun is one chunk and the worker that works on it.
type chunkRun struct {
	name   string
	worker plan.Worker
	lines  int64
	sha256 string

	process *process
	// folder is the name of the worker's folder below PREFIX, WMIN.CHUNK;
	// empty until the worker has made it.
	folder string
	// done tells that the worker has finished, mark its word for it, tally
	// what it counted; lost says why it never will.
	done  bool
	mark  job.DoneMark
	tally result.Tally
	lost  string
}

// startLook is how often a new worker's folder is looked for. It is on this
// machine, so that no cache is in between.
const startLook = 20 * time.Millisecond

// launch starts all workers side by side and sees each one begin.
func (r *run) launch(ctx context.Context, s plan.Launch) (string, error) {
	var group errgroup.Group
	for _, c := range r.chunks {
		group.Go(func() error { return r.start(ctx, s, c) })
	}
	if err := group.Wait(); err != nil {
		return "", err
	}
	var started int
	var reasons []string
	for _, c := range r.chunks {
		if c.lost == "" {
			started++
			r.report(WorkerStarted{Worker: c.worker.Name, Chunk: c.name, Lines: c.lines})
			continue
		}
		reasons = append(reasons, c.worker.Name+": "+c.lost)
		r.report(WorkerLost{Worker: c.worker.Name, Chunk: c.name, Reason: c.lost})
	}
	if started == 0 {
		return "", fmt.Errorf("no worker started: %s", strings.Join(reasons, "; "))
	}
	return fmt.Sprintf("%d of %d workers work", started, len(r.chunks)), nil
}

// start starts one worker and waits until it works, has finished, or is gone.
// That it can't work is a result; the error is what stops the scan.
func (r *run) start(ctx context.Context, s plan.Launch, c *chunkRun) error {
	command := s.Command(r.plan.Layout, c.worker, c.name, r.digest)
	var err error
	log := filepath.Base(r.plan.Layout.Log(c.name))
	if c.process, err = startLocal(ctx, command, r.cfg.Environ, r.folder, log); err != nil {
		c.lost = err.Error()
		return nil
	}
	tick := time.NewTicker(startLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.process.ended:
			// It may have been quick.
			if works, err := r.begun(c); works || err != nil {
				return err
			}
			c.lost = c.process.how() + r.lastWords(log)
			return nil
		case <-tick.C:
			if works, err := r.begun(c); works || err != nil {
				return err
			}
		}
	}
}

// begun looks for the sign that a worker has begun: its folder, with .slave
// or already .done in it.
func (r *run) begun(c *chunkRun) (bool, error) {
	entries, err := r.prefix.ReadDir()
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if name, ok := job.ChunkOf(e.Name()); !ok || name != c.name {
			continue
		}
		for _, sign := range []string{job.Slave, job.Done} {
			if r.has(e.Name(), sign) {
				c.folder = e.Name()
				return true, nil
			}
		}
	}
	return false, nil
}

func (r *run) has(folder, name string) bool {
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return false
	}
	defer dir.Close()
	_, err = dir.Lstat(name)
	return err == nil
}

// wordsSize is how much of a worker's log is quoted, in bytes.
const wordsSize = 500

// lastWords gives the end of a worker's log, raw, for a message.
func (r *run) lastWords(log string) string {
	data, err := r.folder.ReadFile(log)
	if errors.Is(err, fs.ErrNotExist) || len(data) == 0 {
		return ""
	}
	if err != nil {
		return ": " + err.Error()
	}
	text := strings.TrimSpace(string(data[max(0, len(data)-wordsSize):]))
	return ": " + text
}

// endWorkers ends the workers that still run, side by side. Those that have
// finished are about to go by themselves.
func (r *run) endWorkers() {
	var group sync.WaitGroup
	for _, c := range r.chunks {
		if c.process == nil {
			continue
		}
		group.Go(func() {
			if !c.done || !c.process.endsWithin(grace) {
				c.process.stop()
			}
		})
	}
	group.Wait()
}

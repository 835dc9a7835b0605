package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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

	post post // nil until the worker was started
	// classic tells that the worker is one of the classic suite, which leaves
	// no record, and in .done a date.
	classic bool
	// folder is the name of the worker's folder below PREFIX, WMIN.CHUNK;
	// empty until it is seen here.
	folder string
	// done tells that the worker has finished, mark its word for it, tally
	// what it counted; lost says why it never will.
	done  bool
	mark  job.DoneMark
	tally result.Tally
	lost  string
}

// startWait is how long a worker may take to begin.
const startWait = time.Minute

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

// start starts one worker and waits until it works, has finished, or can't.
// That it can't work is a result; the error is what stops the scan.
func (r *run) start(ctx context.Context, s plan.Launch, c *chunkRun) error {
	at := r.stations[c.worker.Name]
	if host, ok := at.(*away); ok {
		c.classic = host.classic
	}
	s.Bin = at.bin(s)
	command := s.Command(r.plan.Layout, c.worker, c.name, r.digest)
	if c.classic {
		command = s.Classic(r.plan.Layout, c.name, c.lines)
	}
	post, err := at.start(ctx, r, command, c.name)
	if err != nil {
		c.lost = err.Error()
		return ctx.Err()
	}
	c.post = post
	limit, cancel := context.WithTimeoutCause(ctx, startWait, fmt.Errorf("it has not begun within %v", startWait))
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		works, err := post.begun(limit, r, c)
		if works {
			return nil
		}
		if err == nil {
			select {
			case <-limit.Done():
				err = context.Cause(limit)
			case <-post.gone():
				continue // once more: it may have been quick
			case <-tick.C:
				continue
			}
		}
		c.lost = err.Error()
		return ctx.Err()
	}
}

// begun looks for the sign that a worker has begun: its folder, with .slave
// or already .done in it.
func (r *run) begun(c *chunkRun) (bool, error) {
	folders, err := r.folders()
	if err != nil {
		return false, err
	}
	folder, there := folders[c.name]
	if there && (r.has(folder, job.Slave) || r.has(folder, job.Done)) {
		c.folder = folder
		return true, nil
	}
	return false, nil
}

// folders gives the names of the workers' folders, by chunk, as they are seen
// here now.
func (r *run) folders() (map[string]string, error) {
	entries, err := r.prefix.ReadDir()
	if err != nil {
		return nil, err
	}
	folders := make(map[string]string)
	for _, e := range entries {
		if name, ok := job.ChunkOf(e.Name()); ok {
			folders[name] = e.Name()
		}
	}
	return folders, nil
}

func (r *run) has(folder, name string) bool {
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return false
	}
	_, err = dir.Lstat(name)
	return errors.Join(err, dir.Close()) == nil
}

// wordsSize is how much of a worker's log is quoted, in bytes.
const wordsSize = 500

// lastWords gives the end of a worker's log, raw but in one line, for a message.
func (r *run) lastWords(log string) string {
	data, err := r.folder.ReadFile(log)
	if errors.Is(err, fs.ErrNotExist) || len(data) == 0 {
		return ""
	}
	if err != nil {
		return ": " + err.Error()
	}
	return ": " + job.Words(string(data[max(0, len(data)-wordsSize):]))
}

// endWorkers ends the workers that still run, side by side.
func (r *run) endWorkers() {
	var group sync.WaitGroup
	for _, c := range r.chunks {
		if c.post != nil {
			group.Go(func() { c.post.end(c.done) })
		}
	}
	group.Wait()
}

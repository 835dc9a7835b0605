package runner

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/result"
	"scanmaster/watcher"
)

// wait waits until every worker has left its .done file or is known to be
// gone, and tells how far they are.
func (r *run) wait(ctx context.Context, s plan.Wait) (string, error) {
	if err := r.awaitAll(ctx, s); err != nil {
		return "", err
	}
	if err := r.prefix.WriteFile(job.Ended, []byte(job.DateLine(r.cfg.Now()))); err != nil {
		return "", err
	}
	return r.account(ctx)
}

// awaitAll returns when nobody is waited for any more.
func (r *run) awaitAll(ctx context.Context, s plan.Wait) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &waiter{run: r, marks: make(chan found), gone: make(chan *chunkRun), counts: newCounter(r)}
	watched := make(chan error, 1)
	go func() { watched <- w.watch(ctx, s) }()
	for _, c := range r.chunks {
		if c.lost == "" {
			w.asking.Go(func() { w.awaitEnd(ctx, c) })
		}
	}
	err := w.loop(ctx)
	cancel()
	w.asking.Wait()
	if watchErr := <-watched; err == nil && !errors.Is(watchErr, context.Canceled) {
		err = watchErr
	}
	return err
}

// waiter gathers what happens to the workers while they work.
type waiter struct {
	run    *run
	marks  chan found
	gone   chan *chunkRun
	counts *counter
	asking sync.WaitGroup // those that wait for a worker's end
}

// found is a .done file of ours.
type found struct {
	chunk  *chunkRun
	folder string
	mark   job.DoneMark
}

// watch waits for .done files, until ctx ends. What it finds it hands to the
// loop, which alone looks at the chunks' state, changes it, and knows when there
// are enough: a worker that was given up may finish all the same.
func (w *waiter) watch(ctx context.Context, s plan.Wait) error {
	var marks sync.Map // path → found; the watcher asks and tells in goroutines of its own
	watch := watcher.Watcher{
		Dir: s.Prefix, Name: job.Done, Poll: s.Poll,
		Accept: func(_ context.Context, path string) (bool, error) {
			f, ok := w.run.doneMark(filepath.Base(filepath.Dir(path)))
			if ok {
				marks.Store(path, f)
			}
			return ok, nil
		},
		Warn: func(err error) { w.run.report(Warning{Text: err.Error()}) },
	}
	return watch.Watch(ctx, func(path string) bool {
		accepted, ok := marks.Load(path)
		if !ok {
			return true
		}
		select {
		case w.marks <- accepted.(found):
		case <-ctx.Done():
		}
		return true
	})
}

// doneMark reads a .done file and says whose it is. One of another run, of no
// chunk of ours, or not yet whole is none.
func (r *run) doneMark(folder string) (found, bool) {
	name, ok := job.ChunkOf(folder)
	if !ok {
		return found{}, false
	}
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return found{}, false
	}
	defer dir.Close()
	data, err := dir.ReadFile(job.Done)
	if err != nil {
		return found{}, false
	}
	c := r.chunkNamed(name)
	if c == nil {
		return found{}, false
	}
	mark, ok := job.ParseDone(data)
	if c.classic {
		// The folder was empty before this run, and that is all there is to
		// know whose it is.
		return found{chunk: c, folder: folder, mark: job.DoneMark{Chunk: name}}, true
	}
	if !ok || mark.Run != r.plan.Layout.Run || mark.Chunk != name || !result.IsTally(mark.Counts) {
		return found{}, false
	}
	return found{chunk: c, folder: folder, mark: mark}, true
}

func (r *run) chunkNamed(name string) *chunkRun {
	for _, c := range r.chunks {
		if c.name == name {
			return c
		}
	}
	return nil
}

// awaitEnd tells the loop when a worker has ended: at once where that is
// known, and else when its heartbeat stands still and asking finds it gone.
func (w *waiter) awaitEnd(ctx context.Context, c *chunkRun) {
	gone := c.post.gone()
	if gone == nil {
		gone = w.askAfter(ctx, c)
	}
	select {
	case <-gone:
	case <-ctx.Done():
		return
	}
	select {
	case w.gone <- c:
	case <-ctx.Done():
	}
}

// loop ends when nobody is waited for any more.
func (w *waiter) loop(ctx context.Context) error {
	tick := time.NewTicker(w.run.cfg.Every)
	defer tick.Stop()
	w.progress()
	for w.run.unfinished() > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f := <-w.marks:
			w.finish(f)
		case c := <-w.gone:
			w.left(c)
		case <-tick.C:
			w.counts.read()
		case w.counts.last = <-w.counts.fresh:
			w.progress()
		}
	}
	return nil
}

// finish takes a worker's own word that its chunk is done.
func (w *waiter) finish(f found) {
	c := f.chunk
	if c.done {
		return
	}
	c.done, c.lost, c.folder = true, "", f.folder
	c.mark = f.mark
	c.tally.Counts = f.mark.Counts
	w.run.report(WorkerDone{Worker: c.worker.Name, Chunk: c.name, Tally: c.tally.Clone()})
	if f.mark.PostChunk != 0 {
		w.run.hookFailed(HookFailed{
			Hook: "post_chunk", Where: c.worker.Name,
			Reason: f.mark.HookFailure(), Tail: f.mark.PostChunkTail,
		})
	}
	w.progress()
}

// left deals with a worker whose process has ended: its .done file, where it
// has one, was there before.
func (w *waiter) left(c *chunkRun) {
	if c.done {
		return
	}
	if folders, err := w.run.folders(); err == nil {
		c.folder = folders[c.name]
	}
	if f, ok := w.run.doneMark(c.folder); ok {
		w.finish(f)
		return
	}
	c.lost = c.post.fate(w.run, c)
	w.run.report(WorkerLost{Worker: c.worker.Name, Chunk: c.name, Reason: c.lost})
	w.progress()
}

func (r *run) unfinished() int {
	n := 0
	for _, c := range r.chunks {
		if !c.done && c.lost == "" {
			n++
		}
	}
	return n
}

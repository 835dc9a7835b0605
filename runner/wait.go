package runner

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/watcher"
)

// wait waits until every chunk is done or given up, has other workers go on
// with what a lost one has left, and tells how far they are.
func (r *run) wait(ctx context.Context, s plan.Wait) (string, error) {
	if err := r.awaitAll(ctx, s); err != nil {
		return "", err
	}
	r.findFolders()
	// Not synced: the aggregator waits, and resume would write it again.
	if err := r.prefix.Publish(job.Ended, []byte(job.DateLine(r.cfg.Now()))); err != nil {
		return "", err
	}
	return r.account(ctx)
}

// findFolders finds what the workers have left that did not finish.
func (r *run) findFolders() {
	if !slices.ContainsFunc(r.chunks, func(c *chunkRun) bool { return !c.done }) {
		return
	}
	folders, err := r.folders()
	if err != nil {
		return // the next step on the share says so
	}
	for _, c := range r.chunks {
		if !c.done {
			c.folder = folders[c.name]
		}
	}
}

// awaitAll returns when nobody is waited for any more.
func (r *run) awaitAll(ctx context.Context, s plan.Wait) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &waiter{
		run: r, step: s, marks: make(chan found), gone: make(chan gone), starts: make(chan begin), cancelled: make(chan error),
		counts: newCounter(r),
	}
	// The last look that it has begun goes through all folders, and nobody needs
	// what it finds: it ends by itself.
	r.behind.Go(func() { w.watch(ctx, s) })
	w.asking.Go(func() { w.watchCancel(ctx) })
	for _, c := range r.chunks {
		w.tend(ctx, c)
	}
	err := w.loop(ctx)
	cancel()
	w.asking.Wait()
	w.endLate()
	return err
}

// waiter gathers what happens to the workers while they work. Its loop alone
// looks at the state of chunks and crew and changes it.
type waiter struct {
	run    *run
	step   plan.Wait
	marks  chan found
	gone   chan gone
	starts chan begin
	// cancelled hears that somebody has cancelled the run.
	cancelled chan error
	counts    *counter
	due       bool // progress is to be reported with the next counts
	pulses    int
	asking    sync.WaitGroup // those that start a worker, or wait for its end

	mu sync.Mutex
	// late are those that the loop has not heard of before it ended.
	late []started
}

// gone is a worker that has ended, or was given up.
type gone struct {
	started
	// reason says why it was given up; empty where it has ended. fenced tells
	// that it can't be asked, and that its chunk was taken.
	reason string
	fenced bool
	// cancelled says that somebody has ended it by cancelling the run.
	cancelled error
	// done is its .done file, if isDone.
	done   found
	isDone bool
}

// begin is what came of a start.
type begin struct {
	started
	err error
}

// watch waits for .done files, until ctx ends. What it finds it hands to the
// loop, which alone looks at the chunks' state, changes it, and knows when there
// are enough: a worker that was given up may finish all the same.
func (w *waiter) watch(ctx context.Context, s plan.Wait) {
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
		Inside: func(folder string) bool {
			name, ok := job.ChunkOf(folder)
			return ok && w.run.isClassic(name) // others touch their folder
		},
		Warn: func(err error) { w.run.report(Warning{Text: err.Error()}) },
	}
	_ = watch.Watch(ctx, func(path string) bool { // it ends with ctx
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

// loop ends when nobody is waited for any more.
func (w *waiter) loop(ctx context.Context) error {
	tick := time.NewTicker(w.run.cfg.Every)
	defer tick.Stop()
	pulse := time.NewTicker(pulse)
	defer pulse.Stop()
	w.progress(true)
	for w.run.awaited() > 0 {
		err := w.run.guard(ctx, w.counts.last)
		if err != nil {
			return err
		}
		w.startMore(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f := <-w.marks:
			err = w.finish(f)
		case g := <-w.gone:
			err = w.left(g)
		case b := <-w.starts:
			err = w.run.hasStarted(b.chunk, b.post, b.err)
			w.tend(ctx, b.chunk)
			w.clear(b.started)
		case err = <-w.cancelled:
		case <-tick.C:
			w.due = true
			w.counts.read()
		case <-pulse.C:
			w.pulse()
		case w.counts.last = <-w.counts.fresh:
			err = w.fresh()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// startMore starts workers on what waits, in the background.
func (w *waiter) startMore(ctx context.Context) {
	for _, c := range w.run.deal() {
		t := w.run.task(c)
		w.asking.Go(func() {
			post, err := w.run.start(ctx, t)
			select {
			case w.starts <- begin{started{c, post}, err}:
			case <-ctx.Done():
				w.mu.Lock()
				w.late = append(w.late, started{c, post})
				w.mu.Unlock()
			}
		})
	}
}

// endLate ends those that nobody else knows of.
func (w *waiter) endLate() {
	for _, s := range w.late {
		if s.post != nil && !w.run.leaves() {
			w.asking.Go(func() { _ = s.post.end(s.chunk.done) })
		}
	}
	w.asking.Wait()
}

// clear gives the host of a worker that has finished the room again that its
// files have there. It may have been so quick that its start is told of later.
func (w *waiter) clear(s started) {
	if far, ok := s.post.(*apart); ok && s.chunk.done {
		w.asking.Go(func() { _ = far.end(true) })
	}
}

// finish takes a worker's own word that its chunk is done.
func (w *waiter) finish(f found) error {
	c := f.chunk
	if c.done {
		return nil
	}
	rate := c.rate(w.run.cfg.Now())
	far, _ := c.post.(*apart)
	if h := c.free(); h != nil {
		h.losses, h.rate = 0, rate
	}
	if err := w.run.cutDone(f); err != nil {
		return err
	}
	c.done, c.lost, c.left, c.folder = true, "", nil, f.folder
	c.mark = f.mark
	c.tally.Counts = f.mark.Counts
	err := w.note(journal.Entry{Kind: journal.KindDone, Chunk: c.name, Worker: c.worker.Name, Folder: f.folder}, far != nil)
	if far != nil && err == nil {
		w.clear(started{c, far})
	}
	w.run.report(WorkerDone{Worker: c.worker.Name, Chunk: c.name, Tally: c.tally.Clone()})
	w.run.judgePost(c.worker.Name, f.mark)
	w.progress(false)
	if !slices.ContainsFunc(w.run.chunks, (*chunkRun).waits) {
		w.counts.read() // who is idle now may relieve another
	}
	return err
}

// note writes down that a chunk is done. Its .done file says so too, and nobody
// waits for the disk, unless what its worker has left elsewhere is then removed.
func (w *waiter) note(done journal.Entry, removes bool) error {
	if removes {
		return w.run.journal.Add(done)
	}
	return w.run.journal.Note(done)
}

// fresh deals with counts that have come.
func (w *waiter) fresh() error {
	err := w.balance() // which sees how fast the workers are
	if w.due && err == nil {
		w.due = false
		w.progress(true)
	}
	return err
}

// left deals with a worker that has ended or was given up.
func (w *waiter) left(g gone) error {
	c := g.chunk
	if c.done || c.post != g.post {
		return nil // another one is at it by now
	}
	if g.isDone {
		return w.finish(g.done)
	}
	if g.cancelled != nil {
		return g.cancelled
	}
	if g.fenced && c.by != nil && !isElsewhere(g.post) {
		c.by.out = g.reason
	}
	reason := g.reason
	if reason == "" {
		reason = g.post.fate(w.run)
	}
	err := w.run.lose(c, w.step, reason)
	w.progress(false)
	return err
}

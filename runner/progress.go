package runner

import (
	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// counter reads the counts that the workers publish. At most one reading is
// under way, in a goroutine of its own: a share that hangs in the kernel must
// not hold up whoever waits.
type counter struct {
	run   *run
	fresh chan map[string]job.ProgressMark
	busy  chan struct{}
	last  map[string]job.ProgressMark
}

func newCounter(r *run) *counter {
	return &counter{
		run: r, fresh: make(chan map[string]job.ProgressMark, 1), busy: make(chan struct{}, 1),
		last: make(map[string]job.ProgressMark),
	}
}

// read begins a reading of what those have published that aren't done, unless one
// is under way.
func (c *counter) read() {
	select {
	case c.busy <- struct{}{}:
	default:
		return
	}
	done := make(map[string]bool)
	for _, chunk := range c.run.chunks {
		if chunk.done {
			done[chunk.name] = true
		}
	}
	go func() {
		defer func() { <-c.busy }()
		counts, err := c.run.marks(done)
		if err != nil {
			return // the watcher says so
		}
		select {
		case c.fresh <- counts:
		default: // the last reading has not been looked at yet
		}
	}()
}

// marks reads what the workers have published, by chunk, without those of some
// chunks.
func (r *run) marks(without map[string]bool) (map[string]job.ProgressMark, error) {
	folders, err := r.folders()
	if err != nil {
		return nil, err
	}
	marks := make(map[string]job.ProgressMark)
	for name, folder := range folders {
		if without[name] {
			continue
		}
		if mark, ok := r.progressMark(folder); ok && mark.Chunk == name {
			marks[name] = mark
		}
	}
	return marks, nil
}

func (r *run) progressMark(folder string) (job.ProgressMark, bool) {
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return job.ProgressMark{}, false
	}
	defer dir.Close()
	return progressIn(dir, r.plan.Layout.Run)
}

// progressIn reads what a worker of a run has published in its folder.
func progressIn(dir *share.Dir, run string) (job.ProgressMark, bool) {
	data, err := dir.ReadFile(job.Progress)
	if err != nil {
		return job.ProgressMark{}, false
	}
	mark, ok := job.ParseProgress(data)
	return mark, ok && mark.Run == run
}

// progress reports how far the scan is by what is known now.
func (w *waiter) progress() {
	p := Progress{Workers: len(w.run.chunks), Of: w.run.summary.Targets}
	for _, c := range w.run.chunks {
		counts := w.counts.last[c.name].Counts
		if c.done {
			p.WorkersDone++
			counts = c.tally.Counts
		}
		p.Tally.Merge(counts)
	}
	p.Done = p.Tally.Total()
	w.run.report(p)
}

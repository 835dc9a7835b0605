package runner

import (
	"sync"

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
	chunks := c.run.publishing()
	go func() {
		defer func() { <-c.busy }()
		counts, err := c.run.marks(chunks)
		if err != nil {
			return // the watcher says so
		}
		select {
		case c.fresh <- counts:
		default: // the last reading has not been looked at yet
		}
	}()
}

// publishing names the chunks whose counts may change: a worker of ours was
// started on each, and it isn't done.
func (r *run) publishing() []string {
	var chunks []string
	for _, c := range r.chunks {
		if !c.done && c.starts > 0 && !c.classic.Load() {
			chunks = append(chunks, c.name)
		}
	}
	return chunks
}

// marks reads what the workers of some chunks have published.
func (r *run) marks(chunks []string) (map[string]job.ProgressMark, error) {
	marks := make(map[string]job.ProgressMark)
	r.addMarks(marks, chunks)
	if len(marks) == len(chunks) {
		return marks, nil
	}
	if err := r.places.find(r); err != nil {
		return nil, err
	}
	r.addMarks(marks, chunks)
	return marks, nil
}

// addMarks adds the marks that are not there yet, of folders that are known.
func (r *run) addMarks(marks map[string]job.ProgressMark, chunks []string) {
	for _, name := range chunks {
		if _, known := marks[name]; known {
			continue
		}
		if mark, ok := r.progressMark(r.places.of(name)); ok && mark.Chunk == name {
			marks[name] = mark
		}
	}
}

// places remembers where workers' folders were last found: to list a thousand of
// them, time and again, is most of what a master does that waits. Whoever finds
// nothing there any more has them found again. The zero value is ready.
type places struct {
	mu      sync.Mutex
	folders map[string]string
}

// of gives the folder of a chunk; empty where none is known.
func (p *places) of(chunk string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.folders[chunk]
}

// find looks for all folders.
func (p *places) find(r *run) error {
	folders, err := r.folders() // it may hang in the share, and holds up nobody
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.folders = folders
	return nil
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

// progress reports how far the scan is by what is known now, with the crew or
// without.
func (w *waiter) progress(crew bool) {
	p := Progress{Workers: len(w.run.chunks), Of: w.run.summary.Targets}
	for _, c := range w.run.chunks {
		counts := w.counts.last[c.name].Counts
		if c.done {
			p.WorkersDone++
			counts = c.tally.Counts
		}
		if c.waits() {
			p.Waiting++
		}
		p.Tally.Merge(counts)
	}
	p.Done = p.Tally.Total()
	if crew || w.run.awaited() == 0 {
		p.Crew = w.crew(w.run.cfg.Now())
	}
	w.run.report(p)
}

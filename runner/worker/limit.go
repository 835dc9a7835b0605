package worker

import (
	"errors"
	"io/fs"
	"slices"
	"sync"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// limit is the line at which a worker ends: the last of its chunk, or an earlier
// one that the master has asked for, so that others can have what stands behind.
// Lines are taken in hand in their order, so that those that were not are the
// last ones.
type limit struct {
	lines int64 // of the whole chunk

	mu         sync.Mutex
	end, taken int64
}

// newLimit is that of a chunk of which the lines up to taken were in hand already.
func newLimit(lines, taken int64) *limit { return &limit{lines: lines, end: lines, taken: taken} }

// take takes a line in hand. It reports false where the line is beyond the limit.
func (l *limit) take(line int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if line > l.end {
		return false
	}
	l.taken = max(l.taken, line)
	return true
}

// now gives how many lines were taken in hand, and the last that may be.
func (l *limit) now() (taken, end int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken, l.end
}

// lower is what the master asks for. What was taken in hand stays there, and a
// chunk keeps a line. Where the chunk ends before the line where it ended when
// this was asked, it has been answered.
func (l *limit) lower(asked job.LimitMark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if asked.Of <= l.end {
		l.end = min(l.end, max(1, asked.End, l.taken))
	}
}

// look looks for what the master asks for in the chunk's folder: by listing it,
// since clients of network file systems remember that a name isn't there.
func (l *limit) look(work *share.Dir, run, chunk string) error {
	entries, err := work.Names()
	if err != nil {
		return err
	}
	if !slices.Contains(entries, job.Limit) {
		return nil
	}
	asked, ok, err := readLimit(work, run, chunk)
	if ok {
		l.lower(asked)
	}
	return err
}

// readLimit reads what the master asks for. What isn't there, or isn't of this
// chunk, is nothing.
func readLimit(work *share.Dir, run, chunk string) (job.LimitMark, bool, error) {
	data, err := work.ReadFile(job.Limit)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, share.ErrLink) {
		return job.LimitMark{}, false, nil
	}
	if err != nil {
		return job.LimitMark{}, false, err
	}
	asked, ok := job.ParseLimit(data, run, chunk)
	return asked, ok, nil
}

// shorten has the copies of the chunk hold what this worker has done of it, as
// a post-chunk hook expects them to, where others have the rest.
func (w *shift) shorten(mark *job.DoneMark) error {
	_, end := w.limit.now() // all up to there were taken, so that it stays
	if end == w.src.lines {
		return nil
	}
	w.Log("ends at target %d of %d: others have the rest", end, w.src.lines)
	mark.Lines = end
	if err := w.src.cut(end); err != nil {
		return err
	}
	return w.copies(w.shared, w.src)
}

package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// pulse has the workers' marks read: often while somebody is idle, who could
// take over from others.
func (w *waiter) pulse() {
	w.pulses++
	if len(w.run.idle()) > 0 && w.run.divisible() || w.step.MaxFail.Given || w.pulses%restful == 0 {
		w.counts.read()
	}
}

// divisible tells that there is something at work that can be shared.
func (r *run) divisible() bool {
	return slices.ContainsFunc(r.chunks, func(c *chunkRun) bool { return !c.done && c.lines > 1 })
}

// idle gives the rates of those that have nothing to do, though they may.
func (r *run) idle() []float64 {
	var rates []float64
	if r.isFull() || r.plan.Attaches() {
		return nil // who has nothing to do is to do nothing
	}
	for _, h := range r.crew {
		if h.chunk == nil && h.out == "" {
			rates = append(rates, h.rate)
		}
	}
	return rates
}

// helpers gives the rates of those that have nothing to do, or soon won't have;
// they get what others let go. Who lets go isn't among them.
func (r *run) helpers(relieved *chunkRun) []float64 {
	rates := r.idle()
	for _, c := range r.chunks {
		if c != relieved && !c.done && c.by != nil && c.by.out == "" && c.burden().soon() {
			rates = append(rates, c.pace.rate())
		}
	}
	return rates
}

// balance makes chunks of what workers have let go, and where somebody is idle
// and no chunk waits asks the one that would be the last to let lines go.
func (w *waiter) balance() error {
	now := w.run.cfg.Now()
	var worked []*chunkRun
	for _, c := range slices.Clone(w.run.chunks) {
		if c.done || c.by == nil || c.post == nil || c.classic.Load() {
			continue
		}
		if mark, ok := w.counts.last[c.name]; ok {
			c.pace.see(now, mark)
		}
		if err := w.run.cutWorked(c); err != nil {
			return err
		}
		worked = append(worked, c)
	}
	if len(w.run.idle()) == 0 || slices.ContainsFunc(w.run.chunks, (*chunkRun).waits) {
		return nil
	}
	burdens := make([]burden, len(worked))
	for i, c := range worked {
		switch {
		case c.asked.IsZero() || now.Sub(c.asked) > askAgain:
			burdens[i] = c.burden()
		case now.Sub(c.asked) < askPatience:
			return nil
		}
	}
	which, keep := relieve(burdens, w.run.helpers(nil))
	if which < 0 {
		return nil
	}
	worked[which].asked = now
	if err := w.run.ask(worked[which], keep); err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.run.report(Warning{Text: fmt.Sprintf("%s is not split for those that are idle: %v", worked[which].name, err)})
	}
	return nil
}

// burden is what a chunk's worker has left. One that doesn't know of limits, as
// its mark tells, has nothing that could be taken.
func (c *chunkRun) burden() burden {
	mark := c.pace.last()
	if mark.End == 0 {
		return burden{}
	}
	end := min(mark.End, c.lines)
	return burden{rest: max(0, end-mark.Taken), all: max(0, end-mark.Done), rate: c.pace.rate()}
}

// ask asks a worker to keep so many of the lines that it had not taken in hand
// when it was last heard of. The error is fs.ErrNotExist where the chunk's folder
// is being taken, or its next worker just begins.
func (r *run) ask(c *chunkRun, keep int64) error {
	asked := job.LimitMark{
		Run: r.plan.Layout.Run, Chunk: c.name, Of: c.lines, End: max(1, c.pace.last().Taken+keep),
	}
	// Who takes the chunk's folder meanwhile copies what was asked before, and
	// nothing is asked in a folder that was taken.
	r.fencing.Lock()
	defer r.fencing.Unlock()
	folders, err := r.folders()
	if err != nil {
		return err
	}
	if folders[c.name] == "" {
		return fs.ErrNotExist
	}
	dir, err := r.prefix.Sub(folders[c.name])
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.WriteFile(job.Limit, asked.Encode())
}

// allowed tells that the worker in a folder was asked to end at a line before
// the last of its chunk. Nobody else's word shortens a chunk.
func (r *run) allowed(c *chunkRun, folder string, end int64) bool {
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return false
	}
	defer dir.Close()
	return r.allows(dir, c.name, end, c.lines)
}

// allows is allowed in the chunk's folder, of a chunk of so many lines.
func (r *run) allows(work *share.Dir, chunk string, end, lines int64) bool {
	data, err := work.ReadFile(job.Limit)
	if err != nil {
		return false
	}
	asked, ok := job.ParseLimit(data, r.plan.Layout.Run, chunk)
	return ok && asked.Allows(end, lines)
}

// cutWorked makes chunks of what the worker of a chunk has let go.
func (r *run) cutWorked(c *chunkRun) error {
	end := c.pace.last().End
	if !c.pace.lives() || end <= 0 || end >= c.lines {
		return nil
	}
	folders, err := r.folders()
	if err != nil || !r.allowed(c, folders[c.name], end) {
		return nil //nolint:nilerr // it is looked at again
	}
	return r.cut(c, end)
}

// cutDone does so where the worker has finished meanwhile.
func (r *run) cutDone(f found) error {
	c := f.chunk
	if c.classic.Load() || f.mark.Lines >= c.lines || !r.allowed(c, f.folder, f.mark.Lines) {
		return nil
	}
	return r.cut(c, f.mark.Lines)
}

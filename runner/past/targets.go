package past

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"slices"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// All gives all targets of the run in the order of the list that was dealt out,
// with what came of each so far. Of a chunk in hand some twenty bytes a target are
// held, of one without a record its lines. What can't be read of a chunk is noted,
// and its targets lack an outcome; where its list is gone, they are left out. An
// error ends it.
func (r *Run) All(ctx context.Context) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		if r.isGone() {
			r.note("%s: neither the lists of its chunks (%d) nor the folders of their workers are there any more: an aggregator has moved them away, or somebody has removed them", r.dir.Path(""), len(r.Chunks))
			return
		}
		for _, c := range r.inOrder() {
			more, err := r.chunkTargets(ctx, c, yield)
			if err != nil {
				yield(Target{}, err)
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// isGone tells that there is nothing left of a run that has dealt targets out but
// what its master has written down.
func (r *Run) isGone() bool {
	if len(r.Chunks) == 0 || r.isMerged() || slices.ContainsFunc(r.Chunks, func(c Chunk) bool { return c.Folder != "" }) {
		return false
	}
	input, err := r.dir.Sub(job.Input, r.minute)
	if err == nil {
		defer input.Close()
	}
	return errors.Is(err, fs.ErrNotExist)
}

// isMerged tells that what was merged is all that is left.
func (r *Run) isMerged() bool {
	return !slices.ContainsFunc(r.Chunks, func(c Chunk) bool { return c.Folder != "" }) && r.has(job.Final, job.Input)
}

// inOrder gives the chunks in the order of the list, or the merged results where
// they are all that is left.
func (r *Run) inOrder() []*Chunk {
	chunks := make([]*Chunk, len(r.Chunks))
	for i := range r.Chunks {
		chunks[i] = &r.Chunks[i]
	}
	if r.isMerged() {
		r.note("%s: the folders of the workers are gone, and with them why targets were not reached, and when; what was merged is taken", r.dir.Path(job.Final))
		return []*Chunk{{Name: job.Final, First: 1, Folder: job.Final, Done: true, classic: true}}
	}
	slices.SortStableFunc(chunks, func(a, b *Chunk) int { return cmp.Compare(a.First, b.First) })
	return chunks
}

// chunkTargets gives the targets of a chunk; false where no more are wanted.
func (r *Run) chunkTargets(ctx context.Context, c *Chunk, yield func(Target, error) bool) (more bool, err error) {
	merged := c.Name == job.Final && c.Folder == job.Final
	open := func() (io.ReadCloser, error) { return r.list(c) }
	if merged {
		open = func() (io.ReadCloser, error) { return openBelow(r.dir, []string{job.Final, job.Input}) }
	}
	list, err := open()
	if errors.Is(err, fs.ErrNotExist) {
		r.note("%v: the list of chunk %s is gone, and its %d targets are left out", err, c.Name, c.Lines)
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer list.Close()
	src, err := r.source(ctx, c, open)
	if err != nil {
		return false, err
	}
	defer src.close()
	targets := chunk.NewReader(share.Until(ctx, list))
	var last int64
	for {
		t, err := targets.Next()
		if errors.Is(err, io.EOF) || err == nil && c.Lines > 0 && t.Line > c.Lines {
			break // what is behind is another chunk's by now
		}
		if err != nil && !chunk.IsLineError(err) {
			return false, err
		}
		last = t.Line
		found := Target{Number: c.First + t.Line - 1, Target: t, Chunk: c}
		if err := src.find(&found); err != nil {
			return false, err
		}
		if !yield(found, nil) {
			return false, nil
		}
	}
	if last < c.Lines {
		r.note("the list of chunk %s has %d targets, and %d were dealt out", c.Name, last, c.Lines)
	}
	return true, nil
}

// source knows what came of a chunk's targets.
type source interface {
	// find fills in what came of a target.
	find(t *Target) error
	close()
}

// source finds what is known of a chunk: its record where there is one, which alone
// says whose lines are whose. Where there is none, and should be, there are no
// results, whatever else is there.
func (r *Run) source(ctx context.Context, c *Chunk, list func() (io.ReadCloser, error)) (source, error) {
	switch {
	case c.Folder == "" && c.Done:
		r.note("%s: what came of the %d targets of chunk %s is gone: its worker had finished, and its folder was moved away or removed since",
			r.dir.Path(""), c.Lines, c.Name)
		return lacking(LackGone), nil
	case c.Folder == "":
		return lacking(LackUntried), nil
	case r.has(c.Folder, job.Record):
		return r.recorded(c)
	case c.classic:
		return r.classicFiles(ctx, c, list)
	}
	if c.Done {
		r.note("%s: there is no record, so that nothing says what came of whom; none of it is taken", r.dir.Path(c.Folder))
		return lacking(LackGone), nil
	}
	return lacking(LackUntried), nil
}

// lacking is a chunk without any outcome.
type lacking Lack

func (l lacking) find(t *Target) error {
	t.Lack = Lack(l)
	return nil
}

func (l lacking) close() {}

package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"strings"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/share"
)

// cut ends a chunk at a line and makes others of what stands behind, one for
// each that is idle, or soon will be, by their rates. The files are made under
// hidden names; they and the new job file count once the journal has its one
// entry, and whoever takes the run up then puts the files in their places.
func (r *run) cut(c *chunkRun, end int64) error {
	into, err := r.prefix.Sub(job.Input, r.plan.Layout.Min)
	if err != nil {
		return err
	}
	defer into.Close()
	names, sizes := r.pieces(c, end)
	written, err := recut(into, c, names, sizes)
	if err != nil {
		return fmt.Errorf("split chunk %s: %w", c.name, err)
	}
	file, number := r.job.content, r.job.number+1
	file.Chunks = maps.Clone(file.Chunks)
	shrunk := journal.Entry{Kind: journal.KindShrunk, Chunk: c.name, Lines: end, SHA256: written[0].SHA256, Job: number}
	for i, w := range written {
		file.Chunks[names[i]] = job.Chunk{SHA256: w.SHA256, Lines: w.Lines}
		if i > 0 {
			shrunk.Into = append(shrunk.Into, journal.Piece{Chunk: names[i], Lines: w.Lines, SHA256: w.SHA256})
		}
	}
	staged, err := r.writeJob(file, number)
	if err != nil {
		return err
	}
	if err := errors.Join(into.Sync(), r.journal.Add(shrunk)); err != nil {
		return err
	}
	for _, name := range names {
		if err := into.Rename(job.Cut+name, name); err != nil {
			return err
		}
	}
	r.job = jobFile{file, number, staged}
	r.shrink(c, shrunk)
	return into.Sync()
}

// shrink lets it happen to what is known of the chunks.
func (r *run) shrink(c *chunkRun, shrunk journal.Entry) {
	event := ChunkSplit{Worker: c.worker.Name, Chunk: c.name, Lines: shrunk.Lines}
	r.listing.Lock()
	c.lines, c.sha256, c.asked = shrunk.Lines, shrunk.SHA256, time.Time{}
	for _, p := range shrunk.Into {
		r.chunks = append(r.chunks, &chunkRun{name: p.Chunk, lines: p.Lines, sha256: p.SHA256, canary: c.canary})
		event.Into = append(event.Into, p.Chunk)
		event.Freed += p.Lines
	}
	r.listing.Unlock()
	r.report(event)
}

// pieces says what a chunk becomes: itself, up to a line, and new ones.
func (r *run) pieces(c *chunkRun, end int64) (names []string, sizes []int64) {
	names, sizes = []string{c.name}, []int64{end}
	helpers := r.helpers(c)
	if len(helpers) == 0 {
		helpers = []float64{0}
	}
	last := r.chunks[len(r.chunks)-1].name
	for _, lines := range chunk.Weigh(c.lines-end, guess(helpers, 1)) {
		if lines > 0 {
			last = chunk.After(last)
			names, sizes = append(names, last), append(sizes, lines)
		}
	}
	return names, sizes
}

// recut writes the pieces of a chunk, the first of which is what stays of it,
// under hidden names. The chunk must be what was dealt out.
func recut(into *share.Dir, c *chunkRun, names []string, sizes []int64) ([]chunk.Written, error) {
	list, err := into.OpenFile(c.name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer list.Close()
	sum := sha256.New()
	written, err := chunk.Deal(io.TeeReader(list, sum), chunk.Choice{}, sizes, func(i int) (io.WriteCloser, error) {
		if err := into.Remove(job.Cut + names[i]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return newChunk(into, job.Cut+names[i])
	})
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != c.sha256 {
		err = fmt.Errorf("%s is not what was dealt out: somebody has changed it", into.Path(c.name))
	}
	return written, err
}

// mendCut puts chunks in their places that a master has made and not put there,
// and removes those that it had not written down: these lines are where they
// were.
func (r *run) mendCut(state journal.State) error {
	into, err := r.prefix.Sub(job.Input, r.plan.Layout.Min)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the run is over, and it was moved away
	}
	if err != nil {
		return err
	}
	defer into.Close()
	entries, err := into.Names()
	if err != nil {
		return err
	}
	known := make(map[string]string)
	for _, c := range state.Chunks {
		known[c.Name] = c.SHA256
	}
	for _, entry := range entries {
		name, ok := strings.CutPrefix(entry, job.Cut)
		if !ok {
			continue
		}
		digest, err := digestIn(into, entry)
		switch {
		case err == nil && digest == known[name]:
			err = into.Rename(entry, name)
		case err == nil:
			err = into.Remove(entry)
		}
		if err != nil {
			return err
		}
	}
	return into.Sync()
}

func digestIn(dir *share.Dir, name string) (string, error) {
	file, err := dir.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, file)
	return hex.EncodeToString(sum.Sum(nil)), err
}

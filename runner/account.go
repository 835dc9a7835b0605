package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/merge"
	"scanmaster/runner/result"
)

// account holds the outcomes against the input, chunk by chunk. Where they
// don't match, the record says which lines are missing, and all are named.
func (r *run) account(ctx context.Context) (string, error) {
	missing := r.listMissing()
	audited := r.audits.still(r.prefix)
	for _, c := range r.chunks {
		tally, same := audited[c.folder]
		if same && c.done && tally.Total() == c.lines && maps.Equal(tally.Counts, c.mark.Counts) {
			c.tally = tally
		} else if err := r.accountChunk(ctx, c, missing); err != nil {
			return "", errors.Join(fmt.Errorf("counting chunk %s: %w", c.name, err), missing.close())
		}
		r.summary.Tally.Merge(c.tally.Counts)
		r.summary.Workers = append(r.summary.Workers, WorkerSummary{
			Worker: c.worker.Name, Chunk: c.name, Lines: c.lines, Tally: c.tally, Lost: c.lost,
		})
	}
	if err := missing.close(); err != nil {
		return "", err
	}
	total := r.summary.Tally.Total()
	if total+r.summary.Missing != r.summary.Targets {
		return "", fmt.Errorf("the count doesn't come out: %d targets, %d outcomes, %d missing", r.summary.Targets, total, r.summary.Missing)
	}
	return fmt.Sprintf("%s of %s targets have an outcome", humanize.Comma(total), humanize.Comma(r.summary.Targets)), nil
}

// accountChunk counts the record, which alone says what a worker of ours has
// done: a .done file is written by whoever can write to the share, and the
// record may have been changed since. One that says otherwise is told of.
func (r *run) accountChunk(ctx context.Context, c *chunkRun, missing *missingList) error {
	if c.classic.Load() {
		counted, err := merge.Count(ctx, r.prefix, r.plan.Layout.Min, merge.Chunk{Name: c.name, Dir: c.folder})
		if err != nil {
			return err
		}
		c.tally = counted.Tally
		return missing.add(c, counted.Missing)
	}
	if err := r.findRecord(c); err != nil {
		return err
	}
	audited, err := r.audit(c)
	if err != nil {
		return err
	}
	if c.done && !maps.Equal(c.mark.Counts, audited.Tally.Counts) {
		r.report(Warning{Text: fmt.Sprintf("%s: %s says %d outcomes, and the worker's record holds %d, which count",
			c.name, job.Done, result.Tally{Counts: c.mark.Counts}.Total(), audited.Tally.Total())})
	}
	c.tally = audited.Tally
	if audited.Tally.Total() == c.lines {
		return nil
	}
	c.done = false // whatever .done says: its worker may still be at it
	return missing.add(c, func(t chunk.Target) bool { return !audited.Seen.Has(t.Line) })
}

// findRecord looks for the folder that holds a chunk's record, where the one
// that .done was seen in does not: anybody can copy a .done file.
func (r *run) findRecord(c *chunkRun) error {
	if c.folder == "" || r.has(c.folder, job.Record) {
		return nil
	}
	entries, err := r.prefix.Names()
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if name, ok := job.ChunkOf(entry); ok && name == c.name && r.has(entry, job.Record) {
			c.folder = entry
		}
	}
	return nil
}

// audit counts a chunk's record back. One that was never begun is empty.
func (r *run) audit(c *chunkRun) (result.Audited, error) {
	none := result.Audited{}
	if c.folder == "" {
		return none, nil
	}
	dir, err := r.prefix.Sub(c.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	defer dir.Close()
	return result.AuditFolder(dir, c.lines)
}

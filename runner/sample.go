package runner

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"scanmaster/runner/job"
	"scanmaster/runner/merge"
	"scanmaster/runner/result"
)

// sampleOf takes in what came of the first targets of a chunk so far, up to a
// line: by its record, and of a classic worker, which keeps none, by its files.
func (r *run) sampleOf(ctx context.Context, c *chunkRun, upTo int64, s *sample) error {
	if !c.classic.Load() {
		return r.recorded(c, upTo, s)
	}
	folder := c.folder
	if !c.done {
		folder = ""
	}
	counted, err := merge.Count(ctx, r.prefix, r.plan.Layout.Min, merge.Chunk{Name: c.name, Dir: folder})
	if err != nil {
		return err
	}
	s.tally.Merge(counted.Tally.Counts)
	for key, n := range counted.Tally.Counts {
		s.fail(key, n)
	}
	return nil
}

// recorded takes in a chunk's record, as far as it is whole: its worker may be
// at it.
func (r *run) recorded(c *chunkRun, upTo int64, s *sample) error {
	record, err := r.openRecord(c)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was never begun, or its folder is being taken
	}
	if err != nil {
		return err
	}
	defer record.Close()
	info, err := record.Stat()
	if err != nil {
		return err
	}
	for outcome, err := range result.Outcomes(io.NewSectionReader(record, 0, info.Size())) {
		if errors.As(err, new(*result.TornError)) {
			return nil
		}
		if err != nil {
			return err
		}
		if outcome.Line <= upTo {
			s.add(outcome)
		}
	}
	return nil
}

func (r *run) openRecord(c *chunkRun) (*os.File, error) {
	folder := c.folder
	if folder == "" {
		folders, err := r.folders()
		if err != nil {
			return nil, err
		}
		if folder = folders[c.name]; folder == "" {
			return nil, fs.ErrNotExist
		}
	}
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.OpenFile(job.Record, os.O_RDONLY)
}

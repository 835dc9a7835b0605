// Package merge is the built-in aggregator: it gathers the results of all
// chunks in the folder PREFIX/final.
package merge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// The hidden folders below PREFIX that Final comes from and makes way to.
const (
	tempDir = "." + job.Final + "-new"
	oldDir  = "." + job.Final + "-old"
)

// Chunk is one chunk of the scan.
type Chunk struct {
	// Name of the chunk, whose targets are in PREFIX/input/MIN/NAME.
	Name string
	// Dir is the name of its worker's folder below PREFIX, WMIN.CHUNK; empty
	// where no worker has begun.
	Dir string
	// Recorded tells that its worker leaves a record: where there is none, there
	// are no results, whatever else is there.
	Recorded bool
}

// Report says what was merged.
type Report struct {
	// Targets counts those of all chunks, Unsorted those of them that ended in
	// no outcome.
	Targets  int64
	Unsorted int64
	// Tally counts the outcomes.
	Tally result.Tally
	// Warnings name the files that are not whole, or not taken, and why.
	Warnings []string
}

// Merge makes PREFIX/final of the chunks, which were dealt out in the minute
// MIN. It appears whole; one that is there already is replaced. Where there is
// a record, it alone says which lines are whose: what targets wrote is never
// searched for anything. A worker without one is a classic worker, or died
// before it began. Nothing is held in memory but a bit a target, and for
// classic workers the hosts of the one chunk. The error names the file; then
// nothing has changed.
func Merge(ctx context.Context, prefix *share.Dir, minute string, chunks []Chunk) (Report, error) {
	if err := prefix.RemoveAll(tempDir); err != nil {
		return Report{}, err
	}
	m := &merger{ctx: ctx, prefix: prefix, minute: minute}
	err := m.build(chunks)
	if err == nil {
		err = appear(prefix)
	}
	if err != nil {
		return Report{}, errors.Join(err, prefix.RemoveAll(tempDir))
	}
	return m.report, nil
}

type merger struct {
	ctx    context.Context
	prefix *share.Dir
	minute string
	out    *outputs
	report Report
}

// build makes the folder under its hidden name.
func (m *merger) build(chunks []Chunk) (err error) {
	dir, err := m.prefix.Make(tempDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	m.out = newOutputs(dir)
	for _, c := range chunks {
		if err := m.chunk(c); err != nil {
			return errors.Join(fmt.Errorf("chunk %s: %w", c.Name, err), m.out.close())
		}
	}
	slices.Sort(m.report.Warnings)
	m.report.Tally = m.out.tally()
	m.report.Targets = m.out.count(inputName)
	m.report.Unsorted = m.out.count(Unsorted)
	counts := m.out.counts()
	if err := m.out.close(); err != nil {
		return err
	}
	return errors.Join(dir.WriteFile(countName, counts), dir.Sync())
}

// chunk merges one chunk, by its record where there is one.
func (m *merger) chunk(c Chunk) error {
	if c.Dir == "" {
		return m.input(c, none)
	}
	dir, err := m.prefix.Sub(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return m.input(c, none)
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	switch _, err := dir.Lstat(job.Record); {
	case err == nil:
		return m.recorded(c, dir)
	case errors.Is(err, fs.ErrNotExist) && c.Recorded:
		m.warn("%s: not there, so that nothing says whose results these are; none is taken", dir.Path(job.Record))
		return m.input(c, none)
	case errors.Is(err, fs.ErrNotExist):
		return m.classic(c, dir)
	default:
		return err
	}
}

func (m *merger) warn(format string, args ...any) {
	m.report.Warnings = append(m.report.Warnings, fmt.Sprintf(format, args...))
}

// appear puts the new folder in the place of the old one.
func appear(prefix *share.Dir) error {
	err := prefix.RemoveAll(oldDir)
	if err == nil {
		err = prefix.Rename(job.Final, oldDir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := prefix.Rename(tempDir, job.Final); err != nil {
		return err
	}
	return errors.Join(prefix.Sync(), prefix.RemoveAll(oldDir))
}

package runner

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/merge"
	"scanmaster/runner/result"
)

// missingFile lists, in the run's hidden folder, the lines without an outcome.
const missingFile = "missing"

// maxNames is how many of the missing lines the summary names itself.
const maxNames = 10

// account holds the outcomes against the input, chunk by chunk. Where they
// don't match, the record says which lines are missing, and all are named.
func (r *run) account(ctx context.Context) (string, error) {
	missing := &missingList{run: r}
	for _, c := range r.chunks {
		if err := r.accountChunk(ctx, c, missing); err != nil {
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

// accountChunk believes a .done file whose counts come out, and else counts
// the record.
func (r *run) accountChunk(ctx context.Context, c *chunkRun, missing *missingList) error {
	if c.classic {
		counted, err := merge.Count(ctx, r.prefix, r.plan.Layout.Min, merge.Chunk{Name: c.name, Dir: c.folder})
		if err != nil {
			return err
		}
		c.tally = counted.Tally
		return missing.add(c, counted.Missing)
	}
	if c.done && c.mark.Lines == c.lines && c.mark.Outcomes == c.lines && c.tally.Total() == c.lines {
		return nil
	}
	audited, err := r.audit(c)
	if err != nil {
		return err
	}
	c.tally = audited.Tally
	if audited.Tally.Total() == c.lines {
		return nil
	}
	return missing.add(c, func(t chunk.Target) bool { return !audited.Seen.Has(t.Line) })
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
	record, err := dir.OpenFile(job.Record, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	defer record.Close()
	return result.Audit(bufio.NewReaderSize(record, 256<<10), c.lines)
}

// missingList writes down the lines without an outcome. Its file is made when
// there is a first one.
type missingList struct {
	run  *run
	file *chunkFile
}

func (m *missingList) add(c *chunkRun, lacks func(chunk.Target) bool) error {
	into, err := m.run.prefix.Sub(job.Input, m.run.plan.Layout.Min)
	if err != nil {
		return err
	}
	defer into.Close()
	file, err := into.OpenFile(c.name, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer file.Close()
	return m.copyMissing(chunk.NewReader(file), lacks)
}

func (m *missingList) copyMissing(targets *chunk.Reader, lacks func(chunk.Target) bool) error {
	for {
		t, err := targets.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !lacks(t) {
			continue
		}
		m.run.summary.Missing++
		if len(m.run.summary.MissingNames) < maxNames {
			m.run.summary.MissingNames = append(m.run.summary.MissingNames, t.Text)
		}
		if err := m.write(t.Text + "\n"); err != nil {
			return err
		}
	}
}

func (m *missingList) write(line string) error {
	if m.file == nil {
		file, err := newChunk(m.run.folder, missingFile)
		if err != nil {
			return err
		}
		m.file = file
		m.run.summary.MissingFile = m.run.folder.Path(missingFile)
	}
	_, err := m.file.WriteString(line)
	return err
}

func (m *missingList) close() error {
	if m.file == nil {
		return nil
	}
	return m.file.Close()
}

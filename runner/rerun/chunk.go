package rerun

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/past"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// To is where the outcomes go.
type To struct {
	// Prefix is the scan's folder. It stays the caller's.
	Prefix *share.Dir
	Layout job.Layout
	// Chunk is the name of the new chunk.
	Chunk string
	// Host is this one, and Now its clock.
	Host string
	Now  func() time.Time
}

// Chunk is one that was made of outcomes.
type Chunk struct {
	// Lines counts its targets; SHA256 is the digest of its list.
	Lines  int64
	SHA256 string
	// Folder is the name of the folder below PREFIX that holds the results.
	Folder string
	// Counts are its outcomes by their keys.
	Counts map[string]int64
}

// Into makes a chunk of what stays: its list, and a folder as a worker leaves it but
// for .done, which Finish leaves. All of it is on the disk at the return.
func (s Source) Into(ctx context.Context, to To) (Chunk, error) {
	minute := job.Min(to.Now())
	made := Chunk{Folder: minute + "." + to.Chunk}
	list, err := to.Prefix.Make(job.Input, to.Layout.Min)
	if err != nil {
		return made, err
	}
	defer list.Close()
	if made.Lines, made.SHA256, err = s.writeList(ctx, list, to.Chunk); err != nil {
		return made, err
	}
	if err := to.Prefix.Mkdir(made.Folder); err != nil {
		return made, err
	}
	work, err := to.Prefix.Sub(made.Folder)
	if err != nil {
		return made, err
	}
	defer work.Close()
	out, err := to.furnish(work, list, minute)
	if err != nil {
		return made, err
	}
	defer out.Close()
	ledger, err := result.Create(work, out, result.Header{
		Run: to.Layout.Run, Chunk: to.Chunk, Name: to.Layout.Name, Host: to.Host, Started: to.Now(),
	})
	if err != nil {
		return made, err
	}
	err = s.fill(ctx, ledger)
	made.Counts = ledger.Tally().Counts
	return made, errors.Join(err, ledger.Close(), work.Sync(), to.Prefix.Sync())
}

// writeList writes the lines of all that stay as a chunk.
func (s Source) writeList(ctx context.Context, dir *share.Dir, name string) (lines int64, digest string, err error) {
	file, err := dir.Create(name)
	if err != nil {
		return 0, "", err
	}
	sum := sha256.New()
	counted := &counter{w: bufio.NewWriterSize(io.MultiWriter(file, sum), 64<<10)}
	err = s.Staying(ctx, counted)
	err = errors.Join(err, counted.w.Flush(), file.Sync(), file.Close(), dir.Sync())
	return counted.lines, hex.EncodeToString(sum.Sum(nil)), err
}

// counter counts the lines that are written, one a call.
type counter struct {
	w     *bufio.Writer
	lines int64
}

func (c *counter) Write(line []byte) (int, error) {
	c.lines++
	return c.w.Write(line)
}

// furnish puts into the chunk's folder what a worker puts there before its first
// target, and gives the folder of the results. Helpers take the newest entry of
// output/ for it, so that the copy of the input comes first.
func (to To) furnish(work, list *share.Dir, minute string) (*share.Dir, error) {
	if err := work.WriteFile(job.Started, []byte(job.DateLine(to.Now()))); err != nil {
		return nil, err
	}
	for _, path := range [][]string{{job.Output, job.Input}, {job.Input, minute, job.SubChunk}} {
		if err := copyInto(work, path, list, to.Chunk); err != nil {
			return nil, err
		}
	}
	return work.Make(job.Output, minute, job.SubChunk)
}

func copyInto(work *share.Dir, path []string, from *share.Dir, name string) error {
	last := len(path) - 1
	dir, err := work.Make(path[:last]...)
	if err != nil {
		return err
	}
	defer dir.Close()
	source, err := from.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer source.Close()
	to, err := dir.Create(path[last])
	if err != nil {
		return err
	}
	_, err = io.Copy(to, source)
	return errors.Join(err, to.Sync(), to.Close(), dir.Sync())
}

// fill keeps the outcomes of all that stay.
func (s Source) fill(ctx context.Context, ledger *result.Ledger) error {
	var line int64
	for t, err := range s.Run.All(ctx) {
		if err != nil {
			return err
		}
		if !s.stays(t) {
			continue
		}
		line++
		if err := s.keep(ledger, t, line); err != nil {
			return fmt.Errorf("target %d of run %s: %w", t.Number, s.Run.ID, err)
		}
	}
	return nil
}

// keep keeps one outcome, under the target's number in the new chunk.
func (s Source) keep(ledger *result.Ledger, t past.Target, line int64) error {
	target := chunk.Target{Text: t.Text, Host: t.Host, IP: t.IP, Line: line}
	outcome := t.Outcome
	outcome.Line = line
	if err := ledger.Checked(target); err != nil {
		return err
	}
	var output io.Reader
	if t.Output.Is() {
		file, err := s.Run.OpenOutput(t.Output)
		if err != nil {
			return err
		}
		defer file.Close()
		output = file
	}
	_, err := ledger.Outcome(outcome, target, output)
	return err
}

// Finish leaves the .done file of a chunk that was made, which is what tells that
// all of it is there.
func Finish(to To, folder string, mark job.DoneMark) error {
	work, err := to.Prefix.Sub(folder)
	if err != nil {
		return err
	}
	defer work.Close()
	if err := work.WriteFile(job.Ended, []byte(job.DateLine(to.Now()))); err != nil {
		return err
	}
	return errors.Join(work.WriteFile(job.Done, mark.Encode()), work.Sync())
}

package worker

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// find looks for the folder in which an earlier worker has begun this chunk;
// empty where none has. A classic master leaves nothing of an earlier scan; one
// of ours moves it out of the way.
func (c Config) find(prefix *share.Dir) (string, error) {
	entries, err := prefix.Names()
	if err != nil {
		return "", err
	}
	found := ""
	for _, entry := range entries {
		name, ok := job.ChunkOf(entry)
		if !ok || name != c.chunk() {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("the chunk %s has been begun twice, in %s and in %s", name, prefix.Path(found), prefix.Path(entry))
		}
		found = entry
	}
	return found, nil
}

// takeUp opens what an earlier worker of the same run has left of this chunk,
// so that this one goes on with it. It reports true where that one has left
// .done, and nothing is to be done any more. What isn't of this run, or not of
// this input, is refused, and so is what another worker is still at: a script
// must not run twice because a command was.
func (c Config) takeUp(s *shared, src *source) (mark job.DoneMark, done bool, err error) {
	if s.folder, err = c.find(s.prefix); err != nil || s.folder == "" {
		return mark, false, err
	}
	if s.work, err = s.prefix.Sub(s.folder); err != nil {
		return mark, false, err
	}
	if mark, done = c.doneMark(s.work, src.lines); done {
		return mark, true, nil
	}
	if err := c.mayGoOn(s, src); err != nil {
		return mark, false, fmt.Errorf("the chunk %s has been begun already, in %s: %w", c.chunk(), s.prefix.Path(s.folder), err)
	}
	return mark, false, nil
}

// doneMark reads .done, where it is there and true: of this run, and as the
// record has it.
func (c Config) doneMark(work *share.Dir, lines int64) (job.DoneMark, bool) {
	data, err := work.ReadFile(job.Done)
	if err != nil {
		return job.DoneMark{}, false
	}
	mark, ok := job.ParseDone(data)
	if !ok || mark.Run != c.run() || mark.Chunk != c.chunk() {
		return job.DoneMark{}, false
	}
	if mark.Lines != lines {
		asked, ok, err := readLimit(work, c.run(), c.chunk())
		if err != nil || !ok || !asked.Allows(mark.Lines, lines) {
			return job.DoneMark{}, false
		}
	}
	a, err := result.AuditFolder(work, mark.Lines)
	return mark, err == nil && a.Header.Run == c.run() && a.Torn == nil && a.Tally.Total() == mark.Outcomes
}

// mayGoOn takes the record, and says what speaks against going on with it.
func (c Config) mayGoOn(s *shared, src *source) (err error) {
	if err := c.isOurs(s.work); err != nil {
		return err
	}
	if s.held, err = result.Hold(s.work); err != nil {
		return err
	}
	was, begun := s.held.Header()
	if !begun {
		return nil
	}
	if was.Run != c.run() || was.Chunk != c.chunk() || was.Name != c.Args.Name {
		return fmt.Errorf("by run %q of scan %s, chunk %s", was.Run, was.Name, was.Chunk)
	}
	output, err := s.work.Sub(job.Output)
	if err != nil {
		return err
	}
	defer output.Close()
	same, err := src.begins(output, job.Input)
	if err == nil && !same {
		err = fmt.Errorf("its input, %s, isn't that of %s", output.Path(job.Input), c.Args.ChunkFile)
	}
	return err
}

// isOurs refuses what only a classic worker leaves: the end, or results, of
// which there is no record.
func (c Config) isOurs(work *share.Dir) error {
	_, noRecord := work.Lstat(job.Record)
	_, noDone := work.Lstat(job.Done)
	if noDone == nil && (noRecord != nil || c.Job == nil) {
		return errors.New("it is finished")
	}
	if noRecord == nil {
		return nil
	}
	return refuseResults(work, job.Output, 2)
}

// refuseResults looks for classic files so many folders below.
func refuseResults(dir *share.Dir, below string, depth int) error {
	sub, err := dir.Sub(below)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer sub.Close()
	entries, err := sub.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), result.FilePrefix) {
			return fmt.Errorf("there is no record of %s", sub.Path(e.Name()))
		}
		if e.IsDir() && depth > 0 {
			if err := refuseResults(sub, e.Name(), depth-1); err != nil {
				return err
			}
		}
	}
	return nil
}

// isIn reports whether a file holds the chunk, byte for byte.
func (s *source) isIn(dir *share.Dir, name string) (bool, error) { return s.agrees(dir, name, false) }

// begins reports whether a file holds the chunk, or the one begins as the other
// goes on: either may be as it was before the chunk became shorter.
func (s *source) begins(dir *share.Dir, name string) (bool, error) { return s.agrees(dir, name, true) }

func (s *source) agrees(dir *share.Dir, name string, prefix bool) (bool, error) {
	f, err := dir.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return false, err
	}
	defer f.Close()
	most := int64(math.MaxInt64)
	if prefix {
		here, errHere := f.Stat()
		ours, errOurs := s.targets.Stat()
		if err := errors.Join(errHere, errOurs); err != nil {
			return false, err
		}
		most = min(here.Size(), ours.Size())
	}
	if _, err := s.targets.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	return sameContent(io.LimitReader(f, most), io.LimitReader(s.targets, most))
}

// sameContent reads both up to where they differ.
func sameContent(a, b io.Reader) (bool, error) {
	const piece = 32 << 10
	ra, rb := bufio.NewReaderSize(a, piece), bufio.NewReaderSize(b, piece)
	for {
		pa, errA := ra.Peek(piece)
		pb, errB := rb.Peek(piece)
		if !bytes.Equal(pa, pb) {
			return false, nil
		}
		ended := errors.Is(errA, io.EOF) && errors.Is(errB, io.EOF)
		if ended {
			return true, nil
		}
		if err := errors.Join(errA, errB); err != nil {
			return false, err
		}
		_, errA = ra.Discard(len(pa))
		_, errB = rb.Discard(len(pb))
		if err := errors.Join(errA, errB); err != nil {
			return false, err
		}
	}
}

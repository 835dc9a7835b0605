package result

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"

	"scanmaster/runner/chunk"
	"scanmaster/runner/share"
)

// Folders are those of a chunk: Work is its own, with the record, and Out that
// of its sub-chunk, with the classic files.
type Folders struct{ Work, Out *share.Dir }

// CarryOver copies what a worker has done of a chunk that was taken from it
// into fresh folders, which have no record yet: the record, the classic files,
// and hosts_checked made of the targets, which are the whole chunk's. The
// worker may still be writing: what counts is the record as it is at the call,
// up to where it is torn or where a classic file doesn't hold what an outcome
// says; Torn tells where that is. With report, targets that were in flight get
// the outcome Unknown there, and are done; else they are to be tried again by
// whoever is given the rest. The copy is on the disk at the return, and notes
// who made it; a second call needs fresh folders. Where there is no record, or
// nothing in it, nothing is copied, and the Header is empty. Nothing is held
// in memory but a bit a target, and what was in flight.
func CarryOver(from, to Folders, by Resumed, targets *chunk.Reader, report bool) (Recovered, error) {
	p, err := copyWhole(from, to)
	if err != nil || p.header.Format == 0 {
		return Recovered{}, err
	}
	h := p.header
	h.Host, h.Started = by.Host, by.At
	l, rec, err := Resume(to.Work, to.Out, h, targets)
	if err != nil {
		return Recovered{}, err
	}
	rec.Header, rec.Torn, rec.Cut = p.header, p.torn, 0
	if report {
		err = l.ReportLost(rec.Lost, by.At)
		for _, t := range rec.Lost {
			rec.Done.Add(t.Line)
		}
		rec.Tally = l.Tally()
	}
	return rec, errors.Join(err, l.Close())
}

// copyWhole copies the record's whole part, and what it points to.
func copyWhole(from, to Folders) (*replay, error) {
	p := newReplay()
	record, err := from.Work.OpenFile(recordName, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	defer record.Close()
	info, err := record.Stat()
	if err != nil {
		return nil, err
	}
	// What is written from now on doesn't count.
	now := io.NewSectionReader(record, 0, info.Size())
	c := &carrier{from: from, to: to, files: make(map[string]*carried)}
	end, err := c.outcomes(now, p)
	err = errors.Join(err, c.close())
	if err != nil || end == 0 {
		return p, err
	}
	return p, copyTo(to.Work, recordName, io.NewSectionReader(record, 0, end))
}

// carrier copies classic files, outcome by outcome.
type carrier struct {
	from, to Folders
	files    map[string]*carried
}

// carried is one classic file on its way.
type carried struct {
	from, to *os.File
	w        *bufio.Writer
}

// outcomes copies the lines of all outcomes up to the first whose lines aren't
// there. It gives how much of the record is whole, in bytes.
func (c *carrier) outcomes(record io.Reader, p *replay) (end int64, err error) {
	for e, err := range Read(record) {
		if errors.As(err, &p.torn) {
			return end, nil
		}
		if err == nil && e.Kind == KindOutcome {
			var there bool
			if there, err = c.lines(e.Outcome); err == nil && !there {
				p.torn = claim{file: e.Outcome.File, at: e.Offset}.torn()
				return end, nil
			}
		}
		if err == nil {
			err = p.add(e)
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", c.from.Work.Path(recordName), err)
		}
		end = e.Offset + e.Length
	}
	return end, nil
}

// lines copies one outcome's lines; false where the file doesn't hold them.
// What was copied of them is then one too many, and cut by who opens the copy.
func (c *carrier) lines(o Outcome) (bool, error) {
	if !o.hasFile() || o.File != FilePrefix+o.Key() {
		return true, nil // the replay says what is wrong
	}
	f, err := c.file(o.File)
	if err != nil || f == nil {
		return false, err
	}
	sum := crc32.New(castagnoli)
	n, err := io.Copy(io.MultiWriter(f.w, sum), io.NewSectionReader(f.from, o.Offset, o.Length))
	return n == o.Length && sum.Sum32() == o.Sum, err
}

// file opens a classic file; nil where there is none.
func (c *carrier) file(name string) (*carried, error) {
	if f, ok := c.files[name]; ok {
		return f, nil
	}
	from, err := c.from.Out.OpenFile(name, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	to, err := c.to.Out.Create(name)
	if err != nil {
		return nil, errors.Join(err, from.Close())
	}
	f := &carried{from: from, to: to, w: bufio.NewWriterSize(to, 32<<10)}
	c.files[name] = f
	return f, nil
}

func (c *carrier) close() error {
	var errs []error
	for _, f := range c.files {
		errs = append(errs, f.w.Flush(), f.to.Close(), f.from.Close())
	}
	return errors.Join(errs...)
}

func copyTo(dir *share.Dir, name string, from io.Reader) error {
	f, err := dir.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}

package result

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/share"
)

// Recovered is what a crash has left of a chunk's ledger.
type Recovered struct {
	Header Header
	// Done holds the targets that have their outcome; Tally counts them.
	Done  Seen
	Tally Tally
	// InFlight are the targets without an outcome that the script was, or was
	// about to be, sent to, by line: it may have run there.
	InFlight []Attempt
	// Lost are the same as targets of the chunk; Resume fills it in.
	Lost []chunk.Target
	// Cut counts the bytes that were no whole record, in all files.
	Cut int64
	// Torn tells where the record was cut; nil where it was whole.
	Torn *TornError
}

// Last is the last target that the record knows of; 0 where it knows none.
func (r Recovered) Last() int64 {
	last := r.Done.max()
	for _, a := range r.InFlight {
		last = max(last, a.Line)
	}
	return last
}

// Recover makes the files of a ledger whole again after a crash. The record
// is cut where it is torn, or where a power loss took what it points to; each
// classic file is cut where the last outcome in the record ends, and one that
// no outcome names is removed. Nobody may write them meanwhile. A classic file
// that has become shorter than what was once on the disk, or a record without
// a header, is an error, and then nothing is changed.
func Recover(work, out *share.Dir) (rec Recovered, err error) {
	record, err := work.OpenFile(recordName, os.O_RDWR)
	if err != nil {
		return Recovered{}, err
	}
	defer func() { err = errors.Join(err, record.Close()) }()
	p, err := load(record, out)
	if err != nil {
		return Recovered{}, fmt.Errorf("%s: %w", work.Path(recordName), err)
	}
	return p.mend(work, out, record)
}

// mend cuts all files to what the record says of them.
func (p *replay) mend(work, out *share.Dir, record *os.File) (Recovered, error) {
	cuts, err := p.surplus(out)
	if err != nil {
		return Recovered{}, err
	}
	rec := Recovered{Header: p.header, Done: p.seen, Tally: p.tally, InFlight: p.flying(), Torn: p.torn}
	if p.torn != nil {
		n, err := cutFile(record, p.torn.Offset)
		if err != nil {
			return rec, fmt.Errorf("%s: %w", work.Path(recordName), err)
		}
		rec.Cut += n
	}
	for _, c := range cuts {
		if err := c.apply(out); err != nil {
			return rec, fmt.Errorf("%s: %w", out.Path(c.name), err)
		}
		rec.Cut += c.surplus
	}
	return rec, errors.Join(out.Sync(), work.Sync())
}

// load reads the record up to the last outcome that is truly there.
func load(record *os.File, out *share.Dir) (*replay, error) {
	p, err := play(whole(record))
	if err != nil {
		return nil, err
	}
	if p.header.Format == 0 {
		return nil, errNoHeader
	}
	lost, err := p.verify(out)
	if err != nil || lost == nil {
		return p, err
	}
	p, err = play(io.NewSectionReader(record, 0, lost.Offset))
	if err == nil {
		p.torn = lost
	}
	return p, err
}

// cut is a classic file that holds more than the record claims, in bytes.
type cut struct {
	name         string
	end, surplus int64
}

// surplus compares the classic files with what the record claims of them.
func (p *replay) surplus(out *share.Dir) ([]cut, error) {
	for name, end := range p.ends {
		info, err := out.Lstat(name)
		if err != nil {
			return nil, err
		}
		if info.Size() < end {
			return nil, fmt.Errorf("%s: %d bytes, of which the record claims %d", out.Path(name), info.Size(), end)
		}
	}
	entries, err := out.ReadDir()
	if err != nil {
		return nil, err
	}
	var cuts []cut
	for _, e := range entries {
		key, ok := strings.CutPrefix(e.Name(), FilePrefix)
		if !ok || !IsKey(key) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		end, claimed := p.ends[e.Name()]
		if surplus := info.Size() - end; surplus > 0 || !claimed {
			cuts = append(cuts, cut{e.Name(), end, surplus})
		}
	}
	return cuts, nil
}

func (c cut) apply(out *share.Dir) (err error) {
	if c.end == 0 {
		return out.Remove(c.name)
	}
	f, err := out.OpenFile(c.name, os.O_RDWR)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = cutFile(f, c.end)
	return err
}

// cutFile cuts a file to size bytes and gives how many that were.
func cutFile(f *os.File, size int64) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if err := f.Truncate(size); err != nil {
		return 0, err
	}
	return info.Size() - size, f.Sync()
}

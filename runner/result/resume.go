package result

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/share"
)

// Resume goes on with a chunk's ledger where its last worker has left it, or
// begins it where there is none: Hold, and then Open.
func Resume(work, out *share.Dir, h Header, targets *chunk.Reader) (*Ledger, Recovered, error) {
	held, err := Hold(work)
	if err != nil {
		return nil, Recovered{}, err
	}
	return held.Open(out, h, targets)
}

// Open makes a ledger of the record and of the classic files in out, which
// stays the caller's. What is there is made whole, as Recover does it, and
// counts as done; of hosts_checked only the targets that are done are kept,
// since the others will be taken in hand once more. The targets are those of
// the chunk, from the first one on. The record must be of the same run, chunk
// and scan as h, whose Host and Started are noted as those who go on. Whatever
// comes of it, the ledger, or nobody, has the record afterwards.
func (h *Held) Open(out *share.Dir, header Header, targets *chunk.Reader) (*Ledger, Recovered, error) {
	l, rec, err := h.open(out, header, targets)
	if err != nil {
		return nil, Recovered{}, errors.Join(err, h.file.Close())
	}
	go l.keepSynced()
	return l, rec, nil
}

func (h *Held) open(out *share.Dir, header Header, targets *chunk.Reader) (*Ledger, Recovered, error) {
	l := newLedger(h, out)
	if !h.begun {
		return l, Recovered{Header: header}, l.begin(header)
	}
	if was := h.header; was.Run != header.Run || was.Chunk != header.Chunk || was.Name != header.Name {
		return nil, Recovered{}, fmt.Errorf("%s is of chunk %s, run %s, scan %s", l.record.path, was.Chunk, was.Run, was.Name)
	}
	p, err := load(h.file, out)
	if err != nil {
		return nil, Recovered{}, fmt.Errorf("%s: %w", l.record.path, err)
	}
	rec, err := p.mend(h.work, out, h.file)
	if err == nil {
		err = l.takeOver(p)
	}
	if err == nil {
		rec.Lost, err = l.recheck(targets, p)
	}
	if err == nil {
		err = l.resumed(Resumed{Host: header.Host, At: header.Started})
	}
	return l, rec, errors.Join(err, l.closeAfter(err))
}

// begin writes the header. That it is on the disk before anything is tried
// tells a chunk that was never begun from one whose record was lost.
func (l *Ledger) begin(header Header) error {
	entries, err := l.out.Names()
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry, FilePrefix) {
			return fmt.Errorf("%s: there are results, and the record of them is lost", l.out.Path(entry))
		}
	}
	if err := l.record.fault("truncate", l.record.file.Truncate(0)); err != nil {
		return err
	}
	header.Format = Format
	buf := getLine()
	defer buf.free()
	head, err := buf.header(header)
	if err == nil {
		err = l.record.add(head)
	}
	return errors.Join(err, l.record.sync(), l.work.Sync())
}

// takeOver opens what a mended ledger has. Whether it is on the disk already
// nobody knows, so that all of it is synced with what comes next.
func (l *Ledger) takeOver(p *replay) error {
	info, err := l.record.file.Stat()
	if err != nil {
		return err
	}
	l.record.size, l.record.end = info.Size(), info.Size()
	l.seen, l.tally = p.seen.clone(), p.tally.Clone()
	for name, end := range p.ends {
		f, err := l.out.OpenFile(name, os.O_RDWR)
		if err != nil {
			return err
		}
		a := &appender{file: f, path: l.out.Path(name), size: end, end: end}
		a.dirty.Store(true)
		l.files[name] = a
	}
	return nil
}

// recheck writes hosts_checked anew, and gives those of the targets that were
// in flight.
func (l *Ledger) recheck(targets *chunk.Reader, p *replay) (lost []chunk.Target, err error) {
	if err := l.out.Remove(checkedName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	checked := &checkedAgain{ledger: l}
	var lines int64
	for {
		t, err := targets.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := new(chunk.LineError); err != nil && !errors.As(err, &bad) {
			return nil, err
		}
		lines = t.Line
		if _, flying := p.inFlight[t.Line]; flying {
			lost = append(lost, t)
		}
		if p.seen.Has(t.Line) {
			if err := checked.add(t.Text + "\n"); err != nil {
				return nil, err
			}
		}
	}
	if most := p.most(); most > lines {
		return nil, fmt.Errorf("%s has target %d of %d", l.record.path, most, lines)
	}
	return lost, checked.flush()
}

// checkedAgain writes hosts_checked in large pieces; the file is made when
// there is a first line.
type checkedAgain struct {
	ledger *Ledger
	file   *appender
	w      *bufio.Writer
}

func (c *checkedAgain) add(line string) (err error) {
	if c.file == nil {
		if c.file, err = c.ledger.classic(checkedName); err != nil {
			return err
		}
		c.w = bufio.NewWriterSize(c.file, 64<<10)
	}
	_, err = c.w.WriteString(line)
	return err
}

func (c *checkedAgain) flush() error {
	if c.file == nil {
		return nil
	}
	err := c.w.Flush()
	c.file.commit()
	return err
}

// resumed notes who goes on.
func (l *Ledger) resumed(r Resumed) error {
	buf := getLine()
	defer buf.free()
	b, err := buf.resumed(r)
	if err != nil {
		return err
	}
	return l.record.add(b)
}

// closeAfter closes the classic files of a ledger that came to nothing.
func (l *Ledger) closeAfter(err error) error {
	if err == nil {
		return nil
	}
	var errs []error
	for _, a := range l.files {
		errs = append(errs, a.close())
	}
	return errors.Join(errs...)
}

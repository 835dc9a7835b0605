package chunk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"golang.org/x/sync/errgroup"
)

// Written is what became of one chunk.
type Written struct {
	// Lines counts the targets, Bytes what was written.
	Lines, Bytes int64
	// SHA256 is the chunk's digest, as hexadecimal digits.
	SHA256 string
}

// ErrChanged tells that a list doesn't hold as many targets as were counted.
var ErrChanged = errors.New("the list of targets has changed while it was read")

// closing is how many chunks are closed at the same time, and with that
// synced: a disk takes longer over it than it takes to write the next.
const closing = 4

// Deal reads a list and writes its targets to chunks of the given sizes, one
// after the other, each opened by open and closed here, in a goroutine of its
// own. All are closed when it returns, and the list is read to its end.
func Deal(r io.Reader, c Choice, sizes []int64, open func(i int) (io.WriteCloser, error)) ([]Written, error) {
	d := &dealer{list: readSheets(r, c), sheet: new(sheet), part: c.Part}
	defer d.list.close()
	var closes errgroup.Group
	closes.SetLimit(closing)
	written, err := d.deal(sizes, open, &closes)
	if err = errors.Join(err, closes.Wait()); err != nil {
		return nil, err
	}
	return written, nil
}

type dealer struct {
	list *sheets
	// sheet is what is being dealt out, lines how many come before it.
	sheet *sheet
	lines int64
	// part tells that there may be more than is dealt out.
	part bool
}

func (d *dealer) deal(sizes []int64, open func(i int) (io.WriteCloser, error), closes *errgroup.Group) ([]Written, error) {
	written := make([]Written, 0, len(sizes))
	for i, size := range sizes {
		to, err := open(i)
		if err != nil {
			return nil, err
		}
		w, err := d.chunk(to, size)
		closes.Go(to.Close)
		if err != nil {
			return nil, err
		}
		written = append(written, w)
	}
	err := d.more()
	for d.part && err == nil {
		d.sheet.targets = 0
		err = d.more()
	}
	if errors.Is(err, io.EOF) {
		return written, nil
	}
	if err == nil {
		err = fmt.Errorf("%w: there are more", ErrChanged)
	}
	return nil, err
}

// more makes sure that there is a target to deal out; the error is io.EOF where
// there is none left.
func (d *dealer) more() error {
	for d.sheet.targets == 0 {
		d.lines += d.sheet.lines
		d.list.done(d.sheet)
		var err error
		if d.sheet, err = d.list.next(); err != nil {
			d.sheet = new(sheet)
			return err
		}
		if bad := d.sheet.bad.Errors; len(bad) > 0 {
			bad[0].Line += d.lines
			return bad[0]
		}
	}
	return nil
}

func (d *dealer) chunk(to io.Writer, size int64) (Written, error) {
	out := &counted{to: to, digest: sha256.New()}
	for left := size; left > 0; {
		err := d.more()
		if errors.Is(err, io.EOF) {
			return Written{}, fmt.Errorf("%w: there are fewer", ErrChanged)
		}
		if err != nil {
			return Written{}, err
		}
		text, targets := d.sheet.take(left)
		if _, err := out.Write(text); err != nil {
			return Written{}, err
		}
		left -= targets
	}
	return Written{Lines: size, Bytes: out.bytes, SHA256: hex.EncodeToString(out.digest.Sum(nil))}, nil
}

// counted counts and digests what goes through.
type counted struct {
	to     io.Writer
	digest hash.Hash
	bytes  int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.bytes += int64(n)
	c.digest.Write(p[:n])
	return n, err
}

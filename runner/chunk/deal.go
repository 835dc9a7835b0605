package chunk

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
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

// Deal reads a list and writes its targets to chunks of the given sizes, one
// after the other, each opened by open and closed here.
func Deal(r io.Reader, x *Exclude, sizes []int64, open func(i int) (io.WriteCloser, error)) ([]Written, error) {
	d := &dealer{list: NewReader(r), exclude: x}
	written := make([]Written, 0, len(sizes))
	for i, size := range sizes {
		to, err := open(i)
		if err != nil {
			return nil, err
		}
		w, err := d.chunk(to, size)
		if err = errors.Join(err, to.Close()); err != nil {
			return nil, err
		}
		written = append(written, w)
	}
	if _, err := d.next(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = fmt.Errorf("%w: there are more", ErrChanged)
		}
		return nil, err
	}
	return written, nil
}

type dealer struct {
	list    *Reader
	exclude *Exclude
}

// next gives the next target that isn't excluded.
func (d *dealer) next() (Target, error) {
	for {
		t, err := d.list.Next()
		if err != nil || !d.exclude.Has(t) {
			return t, err
		}
	}
}

func (d *dealer) chunk(to io.Writer, size int64) (Written, error) {
	out := &counted{to: to, digest: sha256.New()}
	buffer := bufio.NewWriterSize(out, 64<<10)
	for range size {
		t, err := d.next()
		if errors.Is(err, io.EOF) {
			return Written{}, fmt.Errorf("%w: there are fewer", ErrChanged)
		}
		if err != nil {
			return Written{}, err
		}
		_, _ = buffer.WriteString(t.Text) // Flush gives the error
		_ = buffer.WriteByte('\n')
	}
	if err := buffer.Flush(); err != nil {
		return Written{}, err
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

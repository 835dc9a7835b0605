package merge

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"scanmaster/runner/share"
)

// source is a file of a worker's that is read once, from its beginning.
type source struct {
	file *os.File
	r    *bufio.Reader
	// size when it was opened, in bytes.
	size  int64
	short bool // something beyond size was asked for
}

func openSource(ctx context.Context, dir *share.Dir, name string) (*source, error) {
	f, err := dir.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &source{file: f, r: bufio.NewReaderSize(share.Until(ctx, f), 32<<10), size: info.Size()}, nil
}

// close gives the file back; it was only read.
func (s *source) close() { _ = s.file.Close() }

// lacks reports whether the file ends before a place in it.
func (s *source) lacks(end int64) bool {
	s.short = s.short || end > s.size
	return end > s.size
}

// pieces gives the next n bytes in pieces, each valid until the next.
func (s *source) pieces(n int64, take func([]byte) error) error {
	for n > 0 {
		if _, err := s.r.Peek(1); err != nil {
			return noEOF(err)
		}
		piece, err := s.r.Peek(int(min(n, int64(s.r.Buffered()))))
		if err != nil {
			return err
		}
		if err := take(piece); err != nil {
			return err
		}
		n -= int64(len(piece))
		if _, err := s.r.Discard(len(piece)); err != nil {
			return err
		}
	}
	return nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

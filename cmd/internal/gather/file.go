package gather

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"io/fs"

	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/open"
)

// meter takes in what is read of a file, and measures it.
type meter struct {
	sha   hash.Hash
	size  int64
	lines int64
	last  byte
}

func newMeter() *meter { return &meter{sha: sha256.New(), last: '\n'} }

// Write never fails.
func (m *meter) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	m.size += int64(len(p))
	m.lines += int64(bytes.Count(p, []byte{'\n'}))
	m.last = p[len(p)-1]
	return m.sha.Write(p)
}

// measured gives the facts of a text that is in no file.
func measured(text []byte) plan.FileFacts {
	m := newMeter()
	_, _ = m.Write(text) // it never fails
	return plan.FileFacts{SHA256: hex.EncodeToString(m.sha.Sum(nil)), Size: m.size, Lines: m.lines}
}

// facts gives what was measured; a last line without its end counts too.
func (m *meter) facts(info fs.FileInfo) plan.FileFacts {
	f := plan.FileFacts{
		SHA256:     hex.EncodeToString(m.sha.Sum(nil)),
		Size:       m.size,
		Lines:      m.lines,
		Executable: info.Mode()&0o111 != 0,
	}
	if m.last != '\n' {
		f.Lines++
	}
	return f
}

// cancellable ends a long read with the context.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// Source reads a scan file's text, to quote from; what is over spec.MaxFile is
// left out.
func Source(from open.Opener, path string) ([]byte, error) {
	f, _, err := from.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, spec.MaxFile))
}

package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"scanmaster/runner/chunk"
)

// maxScript bounds a script, in bytes: it is held in memory.
const maxScript = 16 << 20

// source is all that a worker reads of the share before it begins: each file
// once, so that what was verified is what is used.
type source struct {
	script []byte
	// hook is the post-chunk hook; nil where there is none, and where its
	// path alone is known, from a classic master.
	hook []byte
	// targets is a private copy of the chunk, without a name.
	targets *os.File
	lines   int64
}

func (s *source) close() error {
	if s.targets == nil {
		return nil
	}
	return s.targets.Close()
}

// read reads and verifies. The caller closes what it gives.
func (c Config) read() (*source, error) {
	s := &source{}
	err := c.readInto(s)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (c Config) readInto(s *source) (err error) {
	var script, list string // the digests that must be; empty under a classic master
	chunkName := filepath.Base(c.Args.ChunkFile)
	if c.Job != nil {
		known, ok := c.Job.Chunks[chunkName]
		if !ok {
			return fmt.Errorf("%s is no chunk of this run", c.Args.ChunkFile)
		}
		script, list = c.Job.Script.SHA256, known.SHA256
	}
	if s.script, err = readVerified(c.Args.Remote, script); err != nil {
		return fmt.Errorf("script: %w", err)
	}
	if c.Job != nil && c.Job.PostChunk != nil {
		if s.hook, err = readVerified(c.Args.PostChunk, c.Job.PostChunk.SHA256); err != nil {
			return fmt.Errorf("post-chunk hook: %w", err)
		}
	}
	if s.targets, err = nameless(c.Temp); err != nil {
		return err
	}
	if err := copyVerified(s.targets, c.Args.ChunkFile, list); err != nil {
		return fmt.Errorf("chunk: %w", err)
	}
	s.lines, err = countTargets(s.targets)
	return err
}

// readVerified reads a file whose digest, where it is given, must be right.
func readVerified(path, digest string) ([]byte, error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxScript+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxScript {
		return nil, fmt.Errorf("%s is over %d MiB", path, maxScript>>20)
	}
	sum := sha256.Sum256(data)
	return data, compare(path, hex.EncodeToString(sum[:]), digest)
}

func copyVerified(to io.Writer, path, digest string) error {
	f, err := openRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, sum), f); err != nil {
		return err
	}
	return compare(path, hex.EncodeToString(sum.Sum(nil)), digest)
}

func compare(path, got, want string) error {
	if want == "" || got == want {
		return nil
	}
	return fmt.Errorf("%s is not what the master staged: its SHA-256 is %s and should be %s", path, got, want)
}

// openRegular opens a file, but nothing that could hang a reader.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	return os.Open(path)
}

// countTargets counts all lines that get an outcome, bad ones too: under a
// classic master nobody has looked at them before.
func countTargets(f *os.File) (int64, error) {
	targets, err := fromStart(f)
	if err != nil {
		return 0, err
	}
	var n int64
	for {
		_, err := targets.Next()
		switch {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil && !isBadLine(err):
			return 0, err
		}
		n++
	}
}

func isBadLine(err error) bool {
	bad := new(chunk.LineError)
	return errors.As(err, &bad)
}

func fromStart(f *os.File) (*chunk.Reader, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return chunk.NewReader(f), nil
}

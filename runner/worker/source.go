package worker

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// defaultHook is the post-chunk hook of a classic worker that is told none.
const defaultHook = "post.chunk.sh"

// source is all that a worker reads of the share before it begins: each file
// once, so that what was verified is what is used.
type source struct {
	script []byte
	// hook is the path of the post-chunk hook; empty where there is none.
	// hookText is what was verified; nil under a classic master, which gives
	// no digest to hold it against.
	hook     string
	hookText []byte
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
	s := new(source)
	var err error
	if c.Job != nil {
		err = c.readStaged(s)
	} else {
		err = c.readClassic(s)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// readStaged reads what the job file names, by its digests.
func (c Config) readStaged(s *source) (err error) {
	known, ok := c.Job.Chunks[c.chunk()]
	if !ok {
		return fmt.Errorf("%s is no chunk of this run", c.Args.ChunkFile)
	}
	if s.script, err = readVerified(c.Args.Remote, c.Job.Script.SHA256); err != nil {
		return fmt.Errorf("script: %w", err)
	}
	switch hook := c.Job.PostChunk; {
	case hook != nil:
		s.hook = hook.Path
		if s.hookText, err = readVerified(s.hook, hook.SHA256); err != nil {
			return fmt.Errorf("post-chunk hook: %w", err)
		}
	case c.Args.PostChunk != "":
		return fmt.Errorf("post-chunk hook: the job file knows nothing of %s", c.Args.PostChunk)
	}
	if err := c.readChunk(s, known.SHA256); err != nil {
		return fmt.Errorf("chunk: %w", err)
	}
	if s.lines != known.Lines {
		return fmt.Errorf("chunk: %s has %d targets, and the master counted %d", c.Args.ChunkFile, s.lines, known.Lines)
	}
	return nil
}

// readClassic reads what the command line names.
func (c Config) readClassic(s *source) (err error) {
	if s.script, err = readVerified(c.Args.Remote, ""); err != nil {
		return fmt.Errorf("script: %w", err)
	}
	s.hook = c.Args.PostChunk
	if s.hook == "" {
		if info, err := os.Stat(defaultHook); err == nil && info.Mode().IsRegular() {
			s.hook = defaultHook
		}
	}
	if s.hook != "" {
		if s.hook, err = filepath.Abs(s.hook); err == nil {
			_, err = os.Stat(s.hook)
		}
		if err != nil {
			return fmt.Errorf("post-chunk hook: %w", err)
		}
	}
	if err := c.readChunk(s, ""); err != nil {
		return fmt.Errorf("chunk: %w", err)
	}
	return nil
}

// readChunk makes the private copy of the chunk and counts its targets.
func (c Config) readChunk(s *source, digest string) (err error) {
	if s.targets, err = Nameless(c.Temp); err != nil {
		return err
	}
	if err := copyVerified(s.targets, c.Args.ChunkFile, digest); err != nil {
		return err
	}
	s.lines, err = s.count()
	return err
}

// list reads the targets from the first one on.
func (s *source) list() (*chunk.Reader, error) {
	if _, err := s.targets.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return chunk.NewReader(s.targets), nil
}

// count counts all lines that get an outcome, bad ones too: under a classic
// master nobody has looked at them before.
func (s *source) count() (int64, error) {
	targets, err := s.list()
	if err != nil {
		return 0, err
	}
	return targets.CountAll()
}

// cut cuts the private copy after a target.
func (s *source) cut(end int64) error {
	targets, err := s.list()
	if err != nil {
		return err
	}
	for at := int64(0); at < end; {
		t, err := targets.Next()
		if err != nil && !chunk.IsLineError(err) {
			return err
		}
		at = t.Line
	}
	if _, err := s.targets.Seek(0, io.SeekStart); err != nil {
		return err
	}
	size, err := sizeOf(bufio.NewReader(s.targets), targets.Lines())
	if err != nil {
		return err
	}
	s.lines = end
	return s.targets.Truncate(size)
}

// sizeOf gives how many bytes the first lines have.
func sizeOf(r *bufio.Reader, lines int64) (size int64, err error) {
	for lines > 0 {
		piece, err := r.ReadSlice('\n')
		size += int64(len(piece))
		switch {
		case err == nil:
			lines--
		case !errors.Is(err, bufio.ErrBufferFull):
			return 0, err
		}
	}
	return size, nil
}

// compare holds a digest against the one that must be, where there is one.
func compare(path, got, want string) error {
	if want == "" || got == want {
		return nil
	}
	return fmt.Errorf("%s is not what the master staged: its SHA-256 is %s and should be %s", path, got, want)
}

// ReadScript reads a script, of at most 16 MiB.
func ReadScript(path string) ([]byte, error) {
	text, err := readVerified(path, "")
	if err != nil {
		return nil, fmt.Errorf("script: %w", err)
	}
	return text, nil
}

// readVerified reads a small file whose digest, where it is given, must be
// right.
func readVerified(path, digest string) ([]byte, error) {
	f, err := share.OpenRegular(path)
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
	return data, compare(path, job.Digest(data), digest)
}

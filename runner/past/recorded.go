package past

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// recorded is a chunk with a record.
type recorded struct {
	run   *Run
	chunk *Chunk
	path  string
	file  *os.File
	index *result.Index
	// out is the folder of its classic files, below the run's.
	out   []string
	files map[string]*classicFile
}

// recorded opens the record of a chunk. What its writer adds from now on doesn't
// count.
func (r *Run) recorded(c *Chunk) (source, error) {
	file, err := openBelow(r.dir, []string{c.Folder, job.Record})
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	minute, _, _ := strings.Cut(c.Folder, ".")
	s := &recorded{
		run: r, chunk: c, file: file, path: r.dir.Path(filepath.Join(c.Folder, job.Record)),
		out: []string{c.Folder, job.Output, minute, job.SubChunk}, files: make(map[string]*classicFile),
	}
	s.index, err = result.NewIndex(file, info.Size(), c.Lines)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", s.path, err), file.Close())
	}
	if torn := new(result.TornError); s.index.Wrong != nil && (r.Over() || c.Done || !errors.As(s.index.Wrong, &torn)) {
		r.note("%s: %v; what follows isn't taken", s.path, s.index.Wrong)
	}
	return s, nil
}

// close gives the record back; it was only read.
func (s *recorded) close() { _ = s.file.Close() }

func (s *recorded) find(t *Target) error {
	o, ok, err := s.index.Outcome(t.Line)
	switch {
	case err != nil:
		s.run.note("%s: %v", s.path, err)
		t.Lack = LackGone
	case ok && o.Host != t.Host:
		s.run.note("%s: it is not of the chunk's list: target %d has another name there", s.path, t.Line)
		t.Lack = LackGone
	case ok:
		t.Outcome = o
		t.Output = s.output(o)
	case s.index.InFlight(t.Line):
		t.Lack = LackInFlight
	case s.index.Wrong != nil && s.chunk.Done:
		t.Lack = LackGone
	default:
		t.Lack = LackUntried
	}
	return nil
}

// output is where an outcome's output is: behind "HOST,IP,", and before the end of
// the last line.
func (s *recorded) output(o result.Outcome) Output {
	head := int64(len(o.Host) + len(",") + len(o.IP) + len(","))
	if o.Class != result.OK && o.Class != result.Exit || o.Length < head+1 {
		return Output{}
	}
	file := s.files[o.File]
	if file == nil {
		file = &classicFile{path: append(s.out[:len(s.out):len(s.out)], o.File)}
		s.files[o.File] = file
	}
	return Output{Length: o.Length - head - 1, file: file, at: o.Offset + head, head: int32(head), sum: o.Sum, summed: true} //nolint:gosec // texts are capped far below
}

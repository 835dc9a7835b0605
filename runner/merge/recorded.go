package merge

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// recorded merges a chunk that has a record.
func (m *merger) recorded(c Chunk, dir *share.Dir) error {
	minute, _, _ := strings.Cut(c.Dir, ".")
	results, err := dir.Sub(job.Output, minute, job.SubChunk)
	if errors.Is(err, fs.ErrNotExist) {
		return m.input(c, none) // the worker died before it had a result
	}
	if err != nil {
		return err
	}
	r := &recorded{merger: m, dir: results, sources: make(map[string]*source)}
	defer r.close()
	if err := r.outcomes(dir); err != nil {
		return err
	}
	if err := m.checked(results); err != nil {
		return err
	}
	return m.input(c, func(t chunk.Target) bool { return r.seen.Has(t.Line) })
}

type recorded struct {
	*merger
	dir     *share.Dir
	sources map[string]*source // by file name; nil where the file is gone
	seen    result.Seen
}

func (r *recorded) close() {
	for name, s := range r.sources {
		switch {
		case s == nil:
			r.warn("%s: gone, though the record points into it", r.dir.Path(name))
			continue
		case s.short:
			r.warn("%s: shorter than the record says", r.dir.Path(name))
		}
		s.close()
	}
	_ = r.dir.Close()
}

// outcomes copies the lines of each outcome in the record.
func (r *recorded) outcomes(dir *share.Dir) error {
	f, err := dir.OpenFile(job.Record, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	for o, err := range result.Outcomes(share.Until(r.ctx, f)) {
		if torn := new(result.TornError); errors.As(err, &torn) {
			r.warn("%s: %v", dir.Path(job.Record), torn)
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", dir.Path(job.Record), err)
		}
		if err := r.outcome(o); err != nil {
			return err
		}
	}
	return nil
}

// outcome copies one outcome's lines. Where the file does not hold them, the
// target has no outcome.
func (r *recorded) outcome(o result.Outcome) error {
	s, err := r.source(o.File)
	if err != nil {
		return err
	}
	if s == nil || s.lacks(o.Offset+o.Length) {
		return nil
	}
	r.seen.Add(o.Line)
	if o.Class != result.OK {
		return r.copy(s, o.Length, o.Key())
	}
	return r.copyOK(s, o.Length)
}

// source gives the classic file of that name; nil where it is gone.
func (r *recorded) source(name string) (*source, error) {
	if s, ok := r.sources[name]; ok {
		return s, nil
	}
	s, err := openSource(r.ctx, r.dir, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	r.sources[name] = s
	return s, nil
}

func (r *recorded) copy(s *source, n int64, name string) error {
	to, err := r.out.get(name)
	if err != nil {
		return err
	}
	to.targets++
	return s.pieces(n, func(p []byte) error {
		_, err := to.Write(p)
		return err
	})
}

// copyOK copies all lines to output, and the first to ok as well.
func (r *recorded) copyOK(s *source, n int64) error {
	all, errAll := r.out.get(Output)
	first, errFirst := r.out.get(string(result.OK))
	if err := errors.Join(errAll, errFirst); err != nil {
		return err
	}
	all.targets++
	first.targets++
	open := true
	return s.pieces(n, func(p []byte) error {
		if _, err := all.Write(p); err != nil || !open {
			return err
		}
		if i := bytes.IndexByte(p, '\n'); i >= 0 {
			open, p = false, p[:i+1]
		}
		_, err := first.Write(p)
		return err
	})
}

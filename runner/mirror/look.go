package mirror

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// look brings all that is there by now, and reports true where .done was among it,
// which comes last.
func (s *session) look() (over bool, err error) {
	number := s.begin()
	if err := s.find(); err != nil {
		return false, err
	}
	if s.known() != "" {
		if over, err = s.bring(); err != nil {
			return false, err
		}
	}
	if err := s.besides(); err != nil {
		return false, err
	}
	if over {
		err = s.finish()
	}
	if err == nil {
		s.brought(number)
	}
	return over && err == nil, err
}

// find looks for the worker's folder.
func (s *session) find() error {
	if s.known() != "" {
		return nil
	}
	entries, err := s.files.List(s.cfg.There.Prefix())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if chunk, ok := job.ChunkOf(e.Name()); ok && chunk == s.cfg.Chunk && e.IsDir() {
			s.foundAs(e.Name())
		}
	}
	return err
}

// found is a file there, by its path below the worker's folder.
type found struct {
	path string
	info fs.FileInfo
}

// grows tells of a file that it only ever gets longer while its worker is at it.
func (f found) grows() bool {
	return f.path == job.Record || strings.HasPrefix(path.Base(f.path), resultPrefix) && strings.HasPrefix(f.path, job.Output+"/")
}

// resultPrefix begins the names of the files of results.
const resultPrefix = "hosts_"

// temporary tells of names of files that are not whole.
func temporary(name string) bool {
	return strings.HasPrefix(name, ".new-") || strings.HasPrefix(name, fetching)
}

// besides brings what the worker leaves elsewhere than in its folder: what it
// says, and the host keys that it has accepted.
func (s *session) besides() error {
	log := s.cfg.There.Log(s.cfg.Chunk)
	if err := s.growing(s.cfg.Run, path.Base(log), log); err != nil || s.cfg.Keys == nil {
		return err
	}
	keys := s.cfg.There.HostKeyFile(s.cfg.Chunk)
	return s.growing(s.cfg.Keys, path.Base(keys), keys)
}

// growing brings what was added to a file, if it is there.
func (s *session) growing(dir *share.Dir, name, there string) error {
	info, err := s.files.Lstat(there)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	return s.growIn(dir, name, there, info.Size())
}

// hasBegun tells that a worker is past the beginning, where it cuts off what its
// predecessor has left unfinished: from then on files only grow.
func hasBegun(all []found) bool {
	return slices.ContainsFunc(all, func(f found) bool { return f.path == job.Progress || f.path == job.Done })
}

// bring brings the worker's folder, but for .done, which it reports: first what
// stands there before the first target is tried, then the record's first line, then
// results, and the record last. Whoever goes on from here needs each before the
// next; of the record what was there before, so that it speaks of nothing that isn't
// here.
func (s *session) bring() (done bool, err error) {
	clear(s.left)
	all, err := s.walk("")
	if err != nil {
		return false, err
	}
	if s.pulse != nil && !hasBegun(all) {
		return false, nil
	}
	if err := s.compare(all); err != nil {
		return false, err
	}
	slices.SortStableFunc(all, func(a, b found) int { return rank(a) - rank(b) })
	begun := false
	for i, f := range all {
		switch {
		case f.path == job.Done:
			done = true
		case f.path == job.Limit || f.path == job.Progress: // the pulse's
		case !f.grows():
			err = s.replace(f)
		case begun:
			err = s.grow(f)
		default:
			if begun, err = s.head(all[i:]); begun && err == nil {
				err = s.grow(f)
			}
		}
		if err != nil {
			return false, err
		}
	}
	if done {
		s.pulse.end() // it would disturb, and nobody works any more
		err = s.settle(all)
	}
	return done, err
}

// head brings the record's first line, which says whose it is, before all results:
// whoever finds these without a record refuses to go on. It reports whether that
// line is here.
func (s *session) head(all []found) (bool, error) {
	if !slices.ContainsFunc(all, func(f found) bool { return f.path == job.Record }) {
		return false, nil
	}
	dir, name, err := s.here(job.Record)
	if err != nil {
		return false, err
	}
	defer dir.Close()
	if have, err := sizeOf(dir, name); err != nil || have > 0 {
		return err == nil, err
	}
	begins, err := s.small(path.Join(s.there(), job.Record), maxHead)
	if err != nil {
		return false, err
	}
	line, _, whole := bytes.Cut(begins, []byte("\n"))
	if !whole {
		return false, nil
	}
	return true, dir.WriteFile(name, append(line, '\n'))
}

// maxHead bounds the first line of a record, in bytes.
const maxHead = 64 << 10

// rank is the order in which files are brought. The record, which stands on top,
// was looked at before the results.
func rank(f found) int {
	switch {
	case !f.grows():
		return 0
	case f.path != job.Record:
		return 1
	}
	return 2
}

// walk lists the regular files below a folder of the worker's, those of each
// folder before those of the ones in it.
func (s *session) walk(below string) ([]found, error) {
	entries, err := s.files.List(path.Join(s.there(), below))
	if errors.Is(err, fs.ErrNotExist) && below != "" {
		return nil, nil // a hook's, and gone again
	}
	if err != nil {
		return nil, err
	}
	var files, folders []found
	for _, e := range entries {
		f := found{path.Join(below, e.Name()), e}
		switch {
		case e.Mode().IsRegular() && !temporary(e.Name()):
			files = append(files, f)
		case e.IsDir():
			folders = append(folders, f)
		case !temporary(e.Name()):
			s.left[f.path] = true
		}
	}
	for _, f := range folders {
		more, err := s.walk(f.path)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	return files, nil
}

// there is the worker's folder on the host.
func (s *session) there() string { return path.Join(s.cfg.There.Prefix(), s.known()) }

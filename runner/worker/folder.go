package worker

import (
	"errors"
	"fmt"
	"io"
	"os"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// shared is what a worker has open on the share.
type shared struct {
	// prefix is the scan's folder, keys that of the targets' host keys.
	prefix, keys *share.Dir
	// work is PREFIX/WMIN.CHUNK, out the folder of the results below it; nil
	// until the work begins.
	work, out *share.Dir
}

func (s *shared) close() error {
	var errs []error
	for _, d := range []*share.Dir{s.out, s.work, s.keys, s.prefix} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}

// openShare opens the scan's folder, which the master has made, and that of the
// host keys. The caller closes what it gives.
func (c Config) openShare() (*shared, error) {
	dir, err := share.Open(c.Args.Dir)
	if err != nil {
		return nil, fmt.Errorf("the shared folder: %w", err)
	}
	defer dir.Close()
	s := new(shared)
	if s.prefix, err = dir.Sub(job.ChunkedDir, c.Args.Name); err != nil {
		return nil, fmt.Errorf("the scan's folder: %w", err)
	}
	if c.Targets.HostKeys != job.HostKeyNo {
		s.keys, err = dir.Make(job.State, job.HostKeys)
	}
	if err == nil {
		err = c.isNew(s.prefix)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// isNew makes sure that no worker has begun this chunk before: a script must
// not run twice because a command was. A classic master leaves nothing of an
// earlier scan; one of ours moves it out of the way.
func (c Config) isNew(prefix *share.Dir) error {
	entries, err := prefix.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name, ok := job.ChunkOf(e.Name()); ok && name == c.chunk() {
			return fmt.Errorf("the chunk %s has been begun already, in %s", c.chunk(), prefix.Path(e.Name()))
		}
	}
	return nil
}

// begin makes the chunk's folder with all that stands in it before the first
// target is tried.
func (c Config) begin(s *shared, src *source) (err error) {
	now := c.Now()
	minute := job.Min(now)
	folder := minute + "." + c.chunk()
	if err := s.prefix.Mkdir(folder); err != nil {
		return err
	}
	if s.work, err = s.prefix.Sub(folder); err != nil {
		return err
	}
	if err := s.work.WriteFile(job.Slave, []byte(c.Host+"\n")); err != nil {
		return err
	}
	if err := s.work.WriteFile(job.Started, []byte(job.DateLine(now))); err != nil {
		return err
	}
	// Helpers take the newest entry of output/ for the folder of the results,
	// so that the copy of the input comes first.
	for _, to := range [][]string{{job.Output, job.Input}, {job.Input, minute, job.SubChunk}} {
		if err := src.copyTo(s.work, to); err != nil {
			return err
		}
	}
	if s.out, err = s.work.Make(job.Output, minute, job.SubChunk); err != nil {
		return err
	}
	return errors.Join(syncBelow(s.work, job.Output, minute), syncBelow(s.work, job.Output), s.work.Sync(), s.prefix.Sync())
}

// copyTo leaves a copy of the chunk, synced, at a path below the chunk's folder.
func (s *source) copyTo(work *share.Dir, path []string) error {
	dir, err := work.Make(path[:len(path)-1]...)
	if err != nil {
		return err
	}
	defer dir.Close()
	to, err := dir.Create(path[len(path)-1])
	if err != nil {
		return err
	}
	if _, err = s.targets.Seek(0, io.SeekStart); err == nil {
		_, err = io.Copy(to, s.targets)
	}
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close(), dir.Sync())
}

// syncBelow hands the entries of a folder below to the disk.
func syncBelow(work *share.Dir, path ...string) error {
	dir, err := work.Sub(path...)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// finish leaves .done, after everything else is on the disk.
func (c Config) finish(s *shared, mark job.DoneMark) error {
	if err := s.work.WriteFile(job.Ended, []byte(job.DateLine(c.Now()))); err != nil {
		return err
	}
	if err := s.work.Remove(job.Slave); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := s.work.Sync(); err != nil {
		return err
	}
	content := mark.Encode()
	if c.Job == nil {
		content = []byte(job.DateLine(c.Now()))
	}
	if err := s.work.WriteFile(job.Done, content); err != nil {
		return err
	}
	return s.work.Sync()
}

package worker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// folders are the worker's own, on the share.
type folders struct {
	// work is PREFIX/WMIN.CHUNK, out the folder of the results below it, keys
	// that of the targets' host keys.
	work, out, keys *share.Dir
	// name is WMIN.CHUNK.
	name string
}

func (f *folders) close() error {
	var errs []error
	for _, d := range []*share.Dir{f.work, f.out, f.keys} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}

// openFolders makes the chunk's folder with all that stands in it before the
// first target is tried. The caller closes what it gives.
func (c Config) openFolders(s *source) (*folders, error) {
	f := &folders{}
	if err := c.makeFolders(f, s); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (c Config) makeFolders(f *folders, s *source) (err error) {
	dir, err := share.Open(c.Args.Dir)
	if err != nil {
		return fmt.Errorf("the shared folder: %w", err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	prefix, err := dir.Sub(job.ChunkedDir, c.Args.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, prefix.Close()) }()
	now := c.Now()
	minute := job.Min(now)
	f.name = minute + "." + filepath.Base(c.Args.ChunkFile)
	if err := prefix.Mkdir(f.name); err != nil {
		return err
	}
	if f.work, err = prefix.Sub(f.name); err != nil {
		return err
	}
	if err := f.work.WriteFile(job.Started, []byte(job.DateLine(now))); err != nil {
		return err
	}
	if f.out, err = f.work.Make(job.Output, minute, job.SubChunk); err != nil {
		return err
	}
	if f.keys, err = dir.Make(job.State, job.HostKeys); err != nil {
		return err
	}
	return errors.Join(copyInto(f.work, s.targets, "input", job.Output), copyInto(f.work, s.targets, job.SubChunk, job.Input, minute))
}

// copyInto leaves a copy of the chunk in a folder below.
func copyInto(work *share.Dir, targets *os.File, name string, below ...string) error {
	dir, err := work.Make(below...)
	if err != nil {
		return err
	}
	to, err := dir.Create(name)
	if err != nil {
		return errors.Join(err, dir.Close())
	}
	_, err = targets.Seek(0, io.SeekStart)
	if err == nil {
		_, err = io.Copy(to, targets)
	}
	return errors.Join(err, to.Close(), dir.Close())
}

package worker

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// shared is what a worker has open on the share.
type shared struct {
	// prefix is the scan's folder, keys that of the targets' host keys.
	prefix, keys *share.Dir
	// folder is the name of PREFIX/WMIN.CHUNK, work that folder and out that of
	// the results below it; empty and nil until the chunk is taken up.
	folder    string
	work, out *share.Dir
	// holder is a word of this worker's own, which stands in work as long as
	// the chunk is its own.
	holder string
	// held is the chunk's record until the ledger has it.
	held *result.Held
}

// minute is the one in which the chunk was begun, WMIN.
func (s *shared) minute() string {
	minute, _, _ := strings.Cut(s.folder, ".")
	return minute
}

func (s *shared) close() error {
	var errs []error
	if s.held != nil {
		errs = append(errs, s.held.Close())
	}
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
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// begin opens the chunk's ledger. A chunk that is new gets its folder, with all
// that stands in it before the first target is tried; one that an earlier
// worker has begun is gone on with.
func (c Config) begin(s *shared, src *source) (*result.Ledger, result.Recovered, error) {
	none := result.Recovered{}
	if s.work == nil {
		if err := c.newFolder(s); err != nil {
			return nil, none, err
		}
	}
	if err := c.furnish(s, src); err != nil {
		return nil, none, err
	}
	targets, err := src.list()
	if err != nil {
		return nil, none, err
	}
	held := s.held
	s.held = nil // the ledger has it now, or nobody
	return held.Open(s.out, result.Header{
		Run: c.run(), Chunk: c.chunk(), Name: c.Args.Name, Host: c.Host, Started: c.Now(),
	}, targets)
}

// newFolder makes the chunk's folder, and the record in it, which nobody else
// can have from then on.
func (c Config) newFolder(s *shared) (err error) {
	s.folder = job.Min(c.Now()) + "." + c.chunk()
	if err := s.prefix.Mkdir(s.folder); err != nil {
		return err
	}
	// Another worker may have begun in the same moment, in another minute.
	if _, err := c.find(s.prefix); err != nil {
		return errors.Join(err, s.prefix.Remove(s.folder))
	}
	if s.work, err = s.prefix.Sub(s.folder); err != nil {
		return err
	}
	s.held, err = result.Hold(s.work)
	return err
}

// furnish puts into the chunk's folder what lacks there.
func (c Config) furnish(s *shared, src *source) error {
	if err := s.work.Tidy(); err != nil {
		return err
	}
	if err := s.work.WriteFile(job.Slave, []byte(c.Host+"\n")); err != nil {
		return err
	}
	s.holder = rand.Text()
	if err := s.work.WriteFile(job.Holder, []byte(s.holder)); err != nil {
		return err
	}
	if _, err := s.work.Lstat(job.Started); errors.Is(err, fs.ErrNotExist) {
		err = s.work.WriteFile(job.Started, []byte(job.DateLine(c.Now())))
		if err != nil {
			return err
		}
	}
	// Helpers take the newest entry of output/ for the folder of the results,
	// so that the copy of the input comes first.
	err := c.copies(s, src)
	if err != nil {
		return err
	}
	if s.out, err = s.work.Make(job.Output, s.minute(), job.SubChunk); err != nil {
		return err
	}
	return errors.Join(
		syncBelow(s.work, job.Output, s.minute()), syncBelow(s.work, job.Output), s.work.Sync(), s.prefix.Sync(),
	)
}

// copies leaves the copies of the chunk in its folder.
func (c Config) copies(s *shared, src *source) error {
	for _, to := range [][]string{{job.Output, job.Input}, {job.Input, s.minute(), job.SubChunk}} {
		if err := src.copyTo(s.work, to); err != nil {
			return err
		}
	}
	return nil
}

// copyTo leaves a copy of the chunk, synced, at a path below the chunk's
// folder, unless it is there already. Another one, as of a chunk that has become
// shorter, makes way, and leaves its time.
func (s *source) copyTo(work *share.Dir, path []string) error {
	dir, err := work.Make(path[:len(path)-1]...)
	if err != nil {
		return err
	}
	defer dir.Close()
	name := path[len(path)-1]
	same, err := s.isIn(dir, name)
	if same || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temp := "." + name
	if err := dir.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	to, err := dir.Create(temp)
	if err != nil {
		return err
	}
	if _, err = s.targets.Seek(0, io.SeekStart); err == nil {
		_, err = io.Copy(to, s.targets)
	}
	if err == nil {
		err = to.Sync()
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	if was, err := dir.Lstat(name); err == nil {
		if err := dir.Chtimes(temp, was.ModTime()); err != nil {
			return err
		}
	}
	return errors.Join(dir.Rename(temp, name), dir.Sync())
}

// syncBelow hands the entries of a folder below to the disk.
func syncBelow(work *share.Dir, path ...string) error {
	dir, err := work.Sub(path...)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// conclude leaves all but .done, which may be made when this is on the disk.
func (c Config) conclude(work *share.Dir) error {
	if err := work.WriteFile(job.Ended, []byte(job.DateLine(c.Now()))); err != nil {
		return err
	}
	if err := work.Remove(job.Slave); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return work.Sync()
}

// leaveDone tells that all is done, and whoever waits for that on this machine
// that it was told.
func (c Config) leaveDone(work *share.Dir, mark job.DoneMark) error {
	content := mark.Encode()
	if c.Job == nil {
		content = []byte(job.DateLine(c.Now()))
	}
	err := work.WriteFile(job.Done, content)
	_ = work.Touch() // else the master's poll sees it
	return errors.Join(err, work.Sync())
}

package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"scanmaster/runner/share"
)

// stamp is by what a file is told to have changed. Hosts tell whole seconds.
type stamp struct {
	size int64
	at   time.Time
}

// fetching begins the name of a file that is being brought.
const fetching = ".fetch-"

// grow brings what was added to a file. One that has become shorter is another.
func (s *session) grow(f found) error {
	dir, name, err := s.here(f.path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return s.growIn(dir, name, path.Join(s.there(), f.path), f.info.Size())
}

// growIn brings what a file there has beyond the one here, up to a size.
func (s *session) growIn(dir *share.Dir, name, there string, size int64) error {
	have, err := sizeOf(dir, name)
	if err != nil {
		return err
	}
	if have == size {
		return nil
	}
	if have > size {
		return s.fetch(dir, name, there)
	}
	file, err := dir.OpenFile(name, os.O_WRONLY|os.O_APPEND)
	if errors.Is(err, fs.ErrNotExist) {
		file, err = dir.Create(name)
	}
	if err != nil {
		return err
	}
	_, err = s.files.Copy(&paced{file, s}, there, have, size)
	return errors.Join(err, file.Close())
}

// paced keeps worker and master in sight of each other while much is copied.
type paced struct {
	io.Writer
	s *session
}

// Write writes, and looks around now and then.
func (p *paced) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if err == nil && time.Since(p.s.told) >= every {
		err = p.s.pulse()
	}
	return n, err
}

// sizeOf is how long a file here is; 0 where there is none.
func sizeOf(dir *share.Dir, name string) (int64, error) {
	info, err := dir.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, err
	case !info.Mode().IsRegular():
		return 0, fmt.Errorf("%s: %w", dir.Path(name), share.ErrLink)
	}
	return info.Size(), nil
}

// replace brings a file as a whole, where it has changed since it was brought.
func (s *session) replace(f found) error {
	now := stamp{f.info.Size(), f.info.ModTime()}
	if s.seen[f.path] == now {
		return nil
	}
	dir, name, err := s.here(f.path)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := s.fetch(dir, name, path.Join(s.there(), f.path)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone meanwhile
		}
		return err
	}
	s.seen[f.path] = now
	return nil
}

// unbounded is more than any file.
const unbounded = 1<<63 - 1

// fetch brings a file as a whole, in the place of what is here.
func (s *session) fetch(dir *share.Dir, name, there string) error {
	temp := fetching + strings.TrimPrefix(name, ".")
	if err := dir.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := dir.Create(temp)
	if err != nil {
		return err
	}
	_, err = s.files.Copy(&paced{file, s}, there, 0, unbounded)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, dir.Remove(temp))
	}
	return dir.Rename(temp, name)
}

// small gives the content of a small file there.
func (s *session) small(there string) ([]byte, error) {
	var content bytes.Buffer
	_, err := s.files.Copy(&content, there, 0, maxSmall)
	return content.Bytes(), err
}

// maxSmall bounds marks, in bytes.
const maxSmall = 1 << 20

// here opens the folder of a file that is below the worker's folder, and makes it
// where it isn't there.
func (s *session) here(file string) (dir *share.Dir, name string, err error) {
	elems := append([]string{s.folder}, strings.Split(file, "/")...)
	dir, err = s.cfg.Prefix.Make(elems[:len(elems)-1]...)
	return dir, elems[len(elems)-1], err
}

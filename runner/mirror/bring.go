package mirror

import (
	"bytes"
	"errors"
	"fmt"
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

// fetching begins the name of a file that is being brought, which is the same for
// all: names may be as long as they can be.
const (
	fetching = ".fetch-"
	fetched  = fetching + "file"
)

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
		return s.fetch(dir, name, there, size)
	}
	file, err := dir.OpenFile(name, os.O_WRONLY|os.O_APPEND)
	if errors.Is(err, fs.ErrNotExist) {
		file, err = dir.Create(name)
	}
	if err != nil {
		return err
	}
	_, err = s.files.Copy(file, there, have, size)
	return errors.Join(err, file.Close())
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
	err := s.again(f)
	if err == nil {
		s.seen[f.path] = now
	}
	return err
}

// again brings a file as a whole, if it is still there.
func (s *session) again(f found) error {
	dir, name, err := s.here(f.path)
	if err != nil {
		return err
	}
	defer dir.Close()
	err = s.fetch(dir, name, path.Join(s.there(), f.path), f.info.Size())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// fetch brings a file as a whole, in the place of what is here, up to the size
// that was seen: something may write faster than it is brought, and the record
// must not get ahead of the results.
func (s *session) fetch(dir *share.Dir, name, there string, size int64) error {
	if err := dir.Remove(fetched); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := dir.Create(fetched)
	if err != nil {
		return err
	}
	_, err = s.files.Copy(file, there, 0, size)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, dir.Remove(fetched))
	}
	return dir.Rename(fetched, name)
}

// small gives the content of a small file there.
func (s *session) small(there string, most int64) ([]byte, error) {
	var content bytes.Buffer
	_, err := s.files.Copy(&content, there, 0, most)
	return content.Bytes(), err
}

// here opens the folder of a file that is below the worker's folder, and makes it
// where it isn't there. What is a file there and a folder here, or the other way
// round, makes way: a hook may have changed it.
func (s *session) here(file string) (dir *share.Dir, name string, err error) {
	elems := append([]string{s.known()}, strings.Split(file, "/")...)
	folders, name := elems[:len(elems)-1], elems[len(elems)-1]
	dir, err = s.cfg.Prefix.Make(folders...)
	if errors.Is(err, share.ErrLink) {
		if err = s.makeWay(folders); err == nil {
			dir, err = s.cfg.Prefix.Make(folders...)
		}
	}
	if err != nil {
		return nil, name, err
	}
	if info, err := dir.Lstat(name); err == nil && info.IsDir() {
		if err := dir.RemoveAll(name); err != nil {
			return nil, name, errors.Join(err, dir.Close())
		}
	}
	return dir, name, nil
}

// makeWay removes the file that is where a folder is to be. Links stay, and are
// refused.
func (s *session) makeWay(folders []string) error {
	for i := 1; i < len(folders); i++ {
		dir, err := s.cfg.Prefix.Sub(folders[:i]...)
		if err != nil {
			return err
		}
		info, err := dir.Lstat(folders[i])
		isFile := err == nil && info.Mode().IsRegular()
		if isFile {
			err = dir.Remove(folders[i])
		}
		if err = errors.Join(err, dir.Close()); isFile || err != nil {
			return err
		}
	}
	return nil
}

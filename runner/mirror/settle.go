package mirror

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// rounds is how often what differs is brought anew before it is left at that: a
// hook may have left something running that goes on writing.
const rounds = 3

// compare makes sure, once, that what is here of files that grow is their
// beginning: an earlier master may have died while it wrote.
func (s *session) compare(all []found) error {
	if s.compared {
		return nil
	}
	var grown []found
	for _, f := range all {
		if f.grows() {
			grown = append(grown, f)
		}
	}
	if _, err := s.differing(grown, true); err != nil {
		return err
	}
	s.compared = true
	return nil
}

// settle makes what is here of a finished chunk the very same as what is there: a
// hook may have changed anything, and what was brought may have changed on its
// way.
func (s *session) settle(all []found) error {
	for _, file := range slices.Sorted(maps.Keys(s.left)) {
		s.cfg.Warn("%s is no plain file, and stays where it is", path.Join(s.there(), file))
	}
	for range rounds {
		if err := s.removeOthers(all); err != nil {
			return err
		}
		n, err := s.differing(all, false)
		if n == 0 || err != nil {
			return err
		}
		if all, err = s.walk(""); err != nil {
			return err
		}
	}
	s.cfg.Warn("something still writes into %s: what is here may not be the last of it", s.there())
	return nil
}

// differing brings those files anew that are not the same, as far as they are
// here where only their beginnings count, and tells how many those were.
func (s *session) differing(files []found, beginnings bool) (n int, err error) {
	var ask []host.Beginning
	var asked []found
	var ours []string
	for _, f := range files {
		if f.path == job.Done || f.path == job.Limit {
			continue
		}
		have, sum, err := s.sum(f.path)
		if err != nil {
			return 0, err
		}
		size := f.info.Size()
		if beginnings {
			size = have
		}
		if have != size {
			sum = "" // no need to ask
		}
		ask, asked, ours = append(ask, host.Beginning{Path: path.Join(s.there(), f.path), Size: size}), append(asked, f), append(ours, sum)
	}
	theirs, err := s.host.Sums(s.ctx, ask)
	if err != nil {
		return 0, err
	}
	for i, f := range asked {
		if ours[i] != "" && ours[i] == theirs[i] {
			continue
		}
		n++
		if err := s.again(f); err != nil {
			return n, err
		}
	}
	return n, nil
}

// sum is the size of a file here and its SHA-256; 0 and that of nothing where
// there is none.
func (s *session) sum(file string) (size int64, sum string, err error) {
	dir, name, err := s.here(file)
	if err != nil {
		return 0, "", err
	}
	defer dir.Close()
	hash := sha256.New()
	f, err := dir.OpenFile(name, os.O_RDONLY)
	if err == nil {
		size, err = io.Copy(hash, f)
		err = errors.Join(err, f.Close())
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return size, hex.EncodeToString(hash.Sum(nil)), err
}

// removeOthers removes what is here and not there any more.
func (s *session) removeOthers(all []found) error {
	there := make(map[string]bool, len(all))
	for _, f := range all {
		there[f.path] = true
	}
	dir, err := s.cfg.Prefix.Sub(s.known())
	if err != nil {
		return err
	}
	defer dir.Close()
	return files(dir, "", func(dir *share.Dir, file string) error {
		if there[file] {
			return nil
		}
		return dir.Remove(path.Base(file))
	})
}

// files gives the regular files below a folder here, by their paths below it, and
// the folder that each is in.
func files(dir *share.Dir, below string, do func(dir *share.Dir, file string) error) error {
	entries, err := dir.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		file := path.Join(below, e.Name())
		switch {
		case e.Type().IsRegular():
			err = do(dir, file)
		case e.IsDir():
			var sub *share.Dir
			if sub, err = dir.Sub(e.Name()); err == nil {
				err = errors.Join(files(sub, file, do), sub.Close())
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// maxDone bounds .done, in bytes.
const maxDone = 1 << 20

// finish brings .done, when all else is here and on the disk.
func (s *session) finish() error {
	dir, err := s.cfg.Prefix.Sub(s.known())
	if err != nil {
		return err
	}
	defer dir.Close()
	err = files(dir, "", func(dir *share.Dir, file string) error {
		f, err := dir.OpenFile(path.Base(file), os.O_RDWR)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
	if err != nil {
		return fmt.Errorf("hand to the disk: %w", err)
	}
	done, err := s.small(path.Join(s.there(), job.Done), maxDone)
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(done)) == "" {
		return fmt.Errorf("%s is empty", path.Join(s.there(), job.Done))
	}
	err = errors.Join(dir.WriteFile(job.Done, done), dir.Sync())
	_ = dir.Touch() // as a worker does; else the master's poll sees it
	return err
}

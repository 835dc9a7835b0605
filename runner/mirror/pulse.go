package mirror

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// pulse brings the worker's heartbeat here, and then tells the worker that a
// master has seen it, and what that one asks for.
func (s *session) pulse() error {
	s.told = time.Now()
	if s.folder != "" {
		dir, err := s.cfg.Prefix.Make(s.folder)
		if err != nil {
			return err
		}
		err = errors.Join(s.heartbeat(dir), s.ask(dir), dir.Close())
		if err != nil {
			return err
		}
	}
	// The time, and no count: a master that takes the run up counts anew.
	sign := job.MasterSign(s.told.UnixNano(), s.cfg.Master)
	return s.files.Write(path.Join(s.cfg.There.RunDir(), job.MasterBeat), 0o600, bytes.NewReader(sign))
}

// heartbeat brings the worker's progress mark, which is its heartbeat.
func (s *session) heartbeat(dir *share.Dir) error {
	beat, err := s.small(path.Join(s.there(), job.Progress))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || string(beat) == s.beat {
		return err
	}
	s.beat = string(beat)
	return dir.Publish(job.Progress, beat)
}

// ask hands the host what the master asks the worker for.
func (s *session) ask(dir *share.Dir) error {
	wish, err := dir.ReadFile(job.Limit)
	if errors.Is(err, fs.ErrNotExist) || string(wish) == s.limit {
		return nil
	}
	if err != nil {
		return err
	}
	// A worker that reads half of it takes it for nothing, and looks again.
	if err := s.files.Write(path.Join(s.there(), job.Limit), 0o600, bytes.NewReader(wish)); err != nil {
		return err
	}
	s.limit = string(wish)
	return nil
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

package mirror

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// Push brings to a host what a worker of the chunk reads: what is staged, with a
// job file of its own, the chunk, the host keys that are known, and what earlier
// workers have left of the chunk, which it goes on with. Nobody works there yet.
func (m *Mirror) Push(ctx context.Context, h *host.Host, jobName string, jobFile []byte) error {
	s, err := m.open(ctx, h)
	if err != nil {
		return err
	}
	defer s.files.Close()
	err = s.push(jobName, jobFile)
	return because(ctx, err)
}

func (s *session) push(jobName string, jobFile []byte) error {
	there := s.cfg.There
	if err := s.files.Write(path.Join(there.RunDir(), jobName), 0o600, bytes.NewReader(jobFile)); err != nil {
		return err
	}
	log := path.Base(there.Log(s.cfg.Chunk))
	for _, name := range []string{string(job.RoleRemote), string(job.RolePostChunk), log} {
		if err := s.give(s.cfg.Run, name, path.Join(there.RunDir(), name)); err != nil {
			return err
		}
	}
	chunks, err := s.cfg.Prefix.Sub(job.Input, s.cfg.Here.Min)
	if err != nil {
		return err
	}
	defer chunks.Close()
	if err := s.give(chunks, s.cfg.Chunk, there.Chunk(s.cfg.Chunk)); err != nil {
		return err
	}
	return errors.Join(s.giveKeys(), s.giveFolder())
}

// give brings a file to the host, if it is here.
func (s *session) give(dir *share.Dir, name, there string) error {
	file, err := dir.OpenFile(name, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := s.files.Write(there, info.Mode().Perm()&0o700, file); err != nil {
		return fmt.Errorf("copy %s: %w", dir.Path(name), err)
	}
	return nil
}

// giveKeys brings the targets' host keys that are known.
func (s *session) giveKeys() error {
	if s.cfg.Keys == nil {
		return nil
	}
	entries, err := s.cfg.Keys.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			if err := s.give(s.cfg.Keys, e.Name(), path.Join(s.cfg.There.HostKeyDir(), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// giveFolder brings what earlier workers have left of the chunk, but for what
// tells that one of them is at it.
func (s *session) giveFolder() error {
	entries, err := s.cfg.Prefix.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if chunk, ok := job.ChunkOf(e.Name()); ok && chunk == s.cfg.Chunk && e.IsDir() {
			s.foundAs(e.Name())
		}
	}
	if s.known() == "" {
		return s.files.MkdirAll(s.cfg.There.Prefix())
	}
	dir, err := s.cfg.Prefix.Sub(s.known())
	if err != nil {
		return err
	}
	defer dir.Close()
	return files(dir, "", func(dir *share.Dir, file string) error {
		switch name := path.Base(file); {
		case file == job.Slave, file == job.Progress, file == job.Done, temporary(name):
			return nil
		default:
			return s.give(dir, name, path.Join(s.there(), file))
		}
	})
}

package mirror

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
	"scanmaster/runner/share"
)

// pulse keeps worker and master in sight of each other, however long it takes to
// bring something: the worker would stop.
type pulse struct {
	s           *session
	quit, ended chan struct{}
}

// newPulse begins one. Whoever has begun it ends it.
func (s *session) newPulse() *pulse {
	p := &pulse{s: s, quit: make(chan struct{}), ended: make(chan struct{})}
	go p.keep()
	return p
}

// end ends the pulse, and waits for that.
func (p *pulse) end() {
	if p == nil {
		return
	}
	select {
	case <-p.quit:
	default:
		close(p.quit)
	}
	<-p.ended
}

// keep goes on when something fails: a host whose disk is full can't be told of
// the master, and what was done there is brought all the same. That the line is
// down others find out, too.
func (p *pulse) keep() {
	defer close(p.ended)
	tick := time.NewTicker(every)
	defer tick.Stop()
	failed := false
	for {
		err := p.s.beatOnce()
		lost := new(remote.Error)
		if err != nil && !failed && p.s.ctx.Err() == nil && (!errors.As(err, &lost) || lost.Kind == remote.KindDenied) {
			p.s.cfg.Warn("its worker can't be told that the master lives, and stops if that lasts: %v", err)
		}
		failed = err != nil
		select {
		case <-p.quit:
			return
		case <-tick.C:
		}
	}
}

// beatOnce brings the worker's heartbeat here, and then tells the worker that a
// master has seen it, and what that one asks for.
func (s *session) beatOnce() error {
	if folder := s.known(); folder != "" {
		dir, err := s.cfg.Prefix.Make(folder)
		if err != nil {
			return err
		}
		err = errors.Join(s.heartbeat(dir, folder), s.ask(dir, folder), dir.Close())
		if err != nil {
			return err
		}
	}
	// The time, and no count: a master that takes the run up counts anew.
	sign := job.MasterSign(time.Now().UnixNano(), s.cfg.Master)
	return s.files.Write(path.Join(s.cfg.There.RunDir(), job.MasterBeat), 0o600, bytes.NewReader(sign))
}

// heartbeat brings the worker's progress mark, which is its heartbeat.
func (s *session) heartbeat(dir *share.Dir, folder string) error {
	beat, err := s.small(path.Join(s.cfg.There.Prefix(), folder, job.Progress), maxBeat)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || string(beat) == s.beat {
		return err
	}
	s.beat = string(beat)
	return dir.Publish(job.Progress, beat)
}

// maxBeat bounds a progress mark, in bytes: one request brings as much.
const maxBeat = 32 << 10

// ask hands the host what the master asks the worker for.
func (s *session) ask(dir *share.Dir, folder string) error {
	wish, err := dir.ReadFile(job.Limit)
	if errors.Is(err, fs.ErrNotExist) || string(wish) == s.limit {
		return nil
	}
	if err != nil {
		return err
	}
	// A worker that reads half of it takes it for nothing, and looks again.
	if err := s.files.Write(path.Join(s.cfg.There.Prefix(), folder, job.Limit), 0o600, bytes.NewReader(wish)); err != nil {
		return err
	}
	s.limit = string(wish)
	return nil
}

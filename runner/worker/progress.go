package worker

import (
	"errors"
	"io/fs"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// progress publishes a worker's counts in a hidden file, which is its
// heartbeat, too.
type progress struct {
	log    func(format string, args ...any)
	shared *shared
	ledger *result.Ledger
	limit  *limit
	mark   job.ProgressMark
	failed bool
}

func (c Config) newProgress(s *shared, ledger *result.Ledger, l *limit) *progress {
	return &progress{
		log: c.Log, shared: s, ledger: ledger, limit: l,
		mark: job.ProgressMark{Run: c.run(), Chunk: c.chunk(), Lines: l.lines},
	}
}

// renew says how far the worker is, unless the chunk was taken: nothing is
// written into a folder that has become another one's. A chunk that is taken
// meanwhile is noticed after the writing. It answers what the master has asked
// for. A failure is told once.
func (p *progress) renew() error {
	err := p.shared.check()
	if err == nil {
		err = p.limit.look(p.shared.work, p.mark.Run, p.mark.Chunk)
	}
	if err == nil {
		err = p.publish()
	}
	if err == nil {
		err = p.shared.check()
	}
	if err != nil && !p.failed && !errors.Is(err, errTaken) {
		p.log("the heartbeat can't be renewed, and soon nothing new is begun: %v", err)
	}
	p.failed = err != nil
	return err
}

func (p *progress) publish() error {
	p.mark.Beat++
	p.mark.Done, p.mark.Counts = p.ledger.Lines(), p.ledger.Tally().Counts
	p.mark.Taken, p.mark.End = p.limit.now()
	return p.shared.work.Publish(job.Progress, p.mark.Encode())
}

// check looks whether the chunk's folder, found by its name, is still the one
// that this worker has open, and holds its word. Who takes a chunk renames the
// folder; on a share that knows files by their paths alone, such as sshfs(1),
// the one in its place can't be told from it, but by what is in it.
func (s *shared) check() error {
	now, err := s.prefix.Sub(s.folder)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, share.ErrLink) {
		return s.taken()
	}
	if err != nil {
		return err
	}
	mine, err := s.isMine(now)
	if err = errors.Join(err, now.Close()); err != nil {
		return err
	}
	if !mine {
		return s.taken()
	}
	return nil
}

func (s *shared) isMine(now *share.Dir) (bool, error) {
	same, err := now.Same(s.work)
	if err != nil || !same {
		return false, err
	}
	holder, err := now.ReadFile(job.Holder)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, share.ErrLink) {
		return false, nil
	}
	return string(holder) == s.holder, err
}

package worker

import (
	"context"
	"errors"
	"fmt"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// ErrUnsupported tells that the worker is asked for what it can't do; nothing
// has been touched then.
var ErrUnsupported = errors.New("this version can't do that")

// Run works the chunk. The mark is what .done says: where its Outcomes are
// fewer than its Lines, or its PostChunk isn't 0, the chunk is done all the
// same, but not well. An error leaves no .done; what was recorded stays. The
// end of ctx is an error, its cause.
//
// All that can be found out before the first target is tried, or the first
// file made, is: what it can't do, what isn't there, what isn't what the master
// staged.
func Run(ctx context.Context, c Config) (mark job.DoneMark, err error) {
	through, err := c.check()
	if err != nil {
		return mark, err
	}
	src, err := c.read()
	if err != nil {
		return mark, err
	}
	defer func() { err = errors.Join(err, src.close()) }()
	s, err := c.openShare()
	if err != nil {
		return mark, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	a, err := c.access(ctx, through, s)
	if err != nil {
		return mark, err
	}
	mark, err = c.work(ctx, src, s, a)
	// A key that was accepted and not recorded would be new again the next
	// time: then the chunk is not done.
	if err = errors.Join(err, a.close()); err != nil {
		return mark, err
	}
	return mark, c.finish(s, mark)
}

// check refuses what can't be done.
func (c Config) check() (job.Through, error) {
	if c.Args.Auth != "pubkey" {
		return job.Through{}, fmt.Errorf("-A %s needs a terminal to type a password at: %w", c.Args.Auth, ErrUnsupported)
	}
	if c.Args.Jobs < 1 {
		return job.Through{}, fmt.Errorf("%d targets at a time are none", c.Args.Jobs)
	}
	if c.Job != nil && c.Job.Name != c.Args.Name {
		return job.Through{}, fmt.Errorf("the job file is one of %q, not of %q", c.Job.Name, c.Args.Name)
	}
	through, err := job.ParsePassthrough(c.Args.Passthrough)
	if err != nil {
		return job.Through{}, err
	}
	return through, job.CheckName(c.Args.Name)
}

// work goes through the chunk, from its folder to the post-chunk hook.
func (c Config) work(ctx context.Context, src *source, s *shared, a *access) (job.DoneMark, error) {
	mark := job.DoneMark{Run: c.run(), Chunk: c.chunk(), Host: c.Host, Lines: src.lines}
	if err := c.begin(s, src); err != nil {
		return mark, err
	}
	ledger, err := result.Create(s.work, s.out, result.Header{
		Run: c.run(), Chunk: c.chunk(), Name: c.Args.Name, Host: c.Host, Started: c.Now(),
	})
	if err != nil {
		return mark, err
	}
	told := c.startProgress(s.work, ledger, src.lines)
	err = newPipeline(c, a, ledger, src).run(ctx)
	told.stop()
	mark.Outcomes, mark.Counts = ledger.Lines(), ledger.Tally().Counts
	if err = errors.Join(err, ledger.Close()); err != nil {
		return mark, err
	}
	c.postChunk(ctx, src, s.work, &mark)
	return mark, context.Cause(ctx)
}

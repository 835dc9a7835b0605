package worker

import (
	"context"
	"errors"
	"fmt"

	"scanmaster/runner/job"
)

// errNobodyTypes tells that a password is wanted of nobody.
var errNobodyTypes = errors.New("needs somebody at a terminal who types the password, which -H tells scanslave that there is")

// Run works the chunk. The mark is what .done says: where its Outcomes are
// fewer than its Lines, or its PostChunk isn't 0, the chunk is done all the
// same, but not well. An error leaves no .done; what was recorded stays.
//
// Where an earlier worker of the same run has begun the chunk, Run goes on with
// what its record lacks; where it has finished, the mark is that one's, and
// nothing runs. One that died between its last outcome and .done may have run
// its post-chunk hook; then the hook runs a second time.
//
// The end of ctx is an error, its cause: no further target is begun then, and
// what runs has Config.Grace to come to its end; a script that is cut has no
// outcome, but an attempt. A chunk that was taken from this worker is an error
// too, and nothing more is written then.
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
	mark, done, err := c.takeUp(s, src)
	if err != nil {
		return mark, err
	}
	if done {
		c.Log("the chunk %s is done already, by %s: nothing is run", c.chunk(), mark.Host)
		return mark, nil
	}
	a, err := c.access(ctx, through, KeysPlace{s.keys, job.HostKeysOf(c.Args.Name, c.chunk())})
	if err != nil {
		return mark, err
	}
	if a.pinger != nil {
		c.Log("pings by %s", a.pinger.How())
	}
	return c.shift(ctx, src, s, a)
}

// check refuses what can't be done.
func (c Config) check() (job.Through, error) {
	through, err := c.checkManners()
	if err != nil {
		return job.Through{}, err
	}
	if c.Job != nil && c.Job.Name != c.Args.Name {
		return job.Through{}, fmt.Errorf("the job file is one of %q, not of %q", c.Job.Name, c.Args.Name)
	}
	if err := c.checkSecrets(); err != nil {
		return job.Through{}, err
	}
	return through, job.CheckName(c.Args.Name)
}

// checkManners refuses ways to go about targets that there aren't.
func (c Config) checkManners() (job.Through, error) {
	if c.Args.Auth != authKeys && c.Ask == nil {
		return job.Through{}, fmt.Errorf("-A %s %w", c.Args.Auth, errNobodyTypes)
	}
	if c.Args.Jobs < 1 && c.Args.Jobs != job.JobsAuto {
		return job.Through{}, fmt.Errorf("%d targets at a time are none", c.Args.Jobs)
	}
	return job.ParsePassthrough(c.Args.Passthrough)
}

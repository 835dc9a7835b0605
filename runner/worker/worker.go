package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
	"scanmaster/runner/result"
	"scanmaster/runner/worker/hostkeys"
	"scanmaster/runner/worker/ping"
)

// ErrUnsupported tells that the worker is asked for what it can't do; nothing
// has been touched then.
var ErrUnsupported = errors.New("this version can't do that")

// Run works the chunk. The mark is what .done says: where its Outcomes are
// fewer than its Lines, or its PostChunk isn't 0, the chunk is done all the
// same, but not well. An error leaves no .done; what was recorded stays. The
// end of ctx is an error.
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
	r, err := c.reach(through)
	if err != nil {
		return mark, err
	}
	f, err := c.openFolders(src)
	if err != nil {
		return mark, errors.Join(err, r.close())
	}
	// The host keys sync their folder when they are closed, so they go first.
	defer func() { err = errors.Join(err, r.close(), f.close()) }()
	if err := r.openHostKeys(c, f); err != nil {
		return mark, err
	}
	return c.work(ctx, src, f, r)
}

// check refuses what can't be done before anything is read or written.
func (c Config) check() (job.Through, error) {
	if c.Args.Auth != "pubkey" {
		return job.Through{}, fmt.Errorf("-A %s needs a terminal to type a password at: %w", c.Args.Auth, ErrUnsupported)
	}
	if c.Args.Attended {
		return job.Through{}, fmt.Errorf("-H needs somebody at a terminal: %w", ErrUnsupported)
	}
	through, err := job.ParsePassthrough(c.Args.Passthrough)
	if err != nil {
		return job.Through{}, err
	}
	return through, job.CheckName(c.Args.Name)
}

// work goes through the chunk, from .slave to .done.
func (c Config) work(ctx context.Context, src *source, f *folders, r *reach) (job.DoneMark, error) {
	var mark job.DoneMark
	chunkName := filepath.Base(c.Args.ChunkFile)
	ledger, err := result.Create(f.work, f.out, result.Header{
		Run: c.run(), Chunk: chunkName, Name: c.Args.Name, Host: c.Host, Started: c.Now(),
	})
	if err != nil {
		return mark, err
	}
	if err := f.work.WriteFile(job.Slave, []byte(c.Host+"\n")); err != nil {
		return mark, errors.Join(err, ledger.Close())
	}
	p := startProgress(c, f.work, ledger, src.lines)
	err = newPipeline(c, r, ledger, src).run(ctx)
	p.stop()
	if err = errors.Join(err, ledger.Close()); err != nil {
		return mark, err
	}
	mark = job.DoneMark{
		Run: c.run(), Chunk: chunkName, Host: c.Host,
		Lines: src.lines, Outcomes: ledger.Lines(), Counts: ledger.Tally().Counts,
	}
	c.postChunk(ctx, src, f, &mark)
	if err := ctx.Err(); err != nil {
		return mark, err
	}
	return mark, c.finish(f, mark)
}

// finish leaves .done, after everything else.
func (c Config) finish(f *folders, mark job.DoneMark) error {
	if err := f.work.WriteFile(job.Ended, []byte(job.DateLine(c.Now()))); err != nil {
		return err
	}
	if err := f.work.Remove(job.Slave); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := f.work.Sync(); err != nil {
		return err
	}
	content := mark.Encode()
	if c.Job == nil {
		content = []byte(job.DateLine(c.Now()))
	}
	return f.work.WriteFile(job.Done, content)
}

// reach is what all connections to targets share.
type reach struct {
	pinger ping.Pinger // nil where pings are off
	banner bool
	byName bool
	auth   ssh.AuthMethod
	agent  interface{ Close() error }
	keys   remote.HostKeys
	own    *hostkeys.Keys // nil where host keys aren't checked
}

// reach gathers what the connections share. The caller closes it.
func (c Config) reach(through job.Through) (*reach, error) {
	r := &reach{banner: through.Banner, byName: through.ByName}
	signers, err := c.signers()
	if err != nil {
		return nil, err
	}
	if len(signers) == 0 && c.AgentSocket == "" {
		return nil, errors.New("there is no key to log in to targets with: name one as targets.identity (-i), or start an ssh-agent")
	}
	if r.auth, r.agent, err = remote.PublicKeys(c.AgentSocket, signers...); err != nil {
		return nil, err
	}
	if through.Ping {
		if r.pinger, err = ping.New(c.Path); err != nil {
			return nil, errors.Join(err, r.agent.Close())
		}
		c.Log("pings by %s", r.pinger.How())
	}
	return r, nil
}

func (r *reach) close() error {
	var errs []error
	if r.pinger != nil {
		errs = append(errs, r.pinger.Close())
	}
	if r.own != nil {
		errs = append(errs, r.own.Close())
	}
	return errors.Join(append(errs, r.agent.Close())...)
}

func (r *reach) openHostKeys(c Config, f *folders) (err error) {
	policy := hostkeys.AcceptNew
	switch c.Targets.HostKeys {
	case job.HostKeyNo:
		r.keys = remote.HostKeysOff{}
		return nil
	case job.HostKeyYes:
		policy = hostkeys.Strict
	}
	files := make([]string, len(c.Targets.KnownHosts))
	for i, file := range c.Targets.KnownHosts {
		files[i] = c.inHome(file)
	}
	own := c.Args.Name + "." + filepath.Base(c.Args.ChunkFile)
	if r.own, err = hostkeys.Open(hostkeys.Config{Dir: f.keys, Own: own, Files: files, Policy: policy}); err != nil {
		return err
	}
	r.keys = r.own
	return nil
}

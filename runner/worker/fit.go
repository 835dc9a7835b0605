package worker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
	"scanmaster/runner/worker/ping"
)

// Fit looks whether a worker that was told the same, but for its chunk and the
// job file, could work here. It touches nothing but a temporary file: the
// share is the master's to look at.
func Fit(ctx context.Context, c Config) job.Fitness {
	var f job.Fitness
	wrong := func(err error) {
		if err != nil {
			f.Wrong = append(f.Wrong, err.Error())
		}
	}
	if c.Args.Attended && c.Ask == nil {
		c.Ask = nobodyYet
	}
	through, err := c.check()
	wrong(err)
	for _, err := range c.fitKeys(ctx) {
		wrong(err)
	}
	for _, file := range c.Targets.KnownHosts {
		path, err := c.inHome(file)
		if err == nil {
			_, err = remote.KnownHosts(path)
		}
		if err != nil {
			wrong(fmt.Errorf("%w; mend that file, or leave UserKnownHostsFile away", err))
		}
	}
	if err == nil && through.Ping {
		f.Ping, err = c.fitPing()
		wrong(err)
	}
	wrong(c.fitTemp())
	c.fitFiles(&f, openFiles())
	return f
}

// nobodyYet stands for who will sit there when the worker runs.
func nobodyYet(string) (string, error) { return "", errors.New("nobody sits there yet") }

// fitKeys looks for the keys for the targets, and says of each that is no good
// what mends it.
func (c Config) fitKeys(ctx context.Context) []error {
	if c.Args.Auth != authKeys {
		return nil // the password does
	}
	held, err := agentKeys(ctx, c.AgentSocket)
	silent := ""
	if err != nil {
		silent = fmt.Sprintf("; the ssh-agent doesn't answer (%v)", err)
	}
	if len(c.Targets.Identities) == 0 {
		return c.fitUsual(held > 0, silent)
	}
	var errs []error
	for _, file := range c.Targets.Identities {
		one := c
		one.Targets.Identities = []string{file}
		if _, err := one.signers(held > 0); err != nil {
			errs = append(errs, fmt.Errorf("targets.%w%s; %s", err, silent, c.mendKey(err)))
		}
	}
	return errs
}

// fitUsual looks for the usual key files where none is named. Those that are no
// good are only said where there is nothing else.
func (c Config) fitUsual(held bool, silent string) []error {
	said := ""
	c.Log = func(format string, args ...any) { said += "; " + fmt.Sprintf(format, args...) }
	signers, err := c.signers(held)
	if err == nil && len(signers) == 0 && !held {
		err = fmt.Errorf("%w%s%s", errNoKey, silent, said)
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

// mendKey says what would make a key file that is named one that is of use.
func (c Config) mendKey(err error) string {
	switch {
	case errors.As(err, new(*homelessError)):
		return "or name another as targets.identity"
	case errors.Is(err, remote.ErrPassphrase):
		return "name a key without one, or start an ssh-agent that holds this one"
	case errors.Is(err, fs.ErrNotExist):
		return "put it there, or name another as targets.identity"
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("let %s read it, or name another as targets.identity", c.User)
	}
	return "name another as targets.identity"
}

// fitPing tells by what targets would be pinged.
func (c Config) fitPing() (string, error) {
	p, err := ping.New(c.Path)
	if err != nil {
		return "", err
	}
	how := job.PingSocket
	if filepath.IsAbs(p.How()) {
		how = job.PingProgram
	}
	return how, p.Close()
}

// fitTemp writes a temporary file.
func (c Config) fitTemp() error {
	f, err := Nameless(c.Temp)
	if err == nil {
		_, err = f.Write(make([]byte, 4096)) // a full disk has room for names
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("temporary files: %w; make room there, or name another folder as TMPDIR in SCAN_ENV", err)
	}
	return nil
}

// fitFiles judges the limit of open files: with few there are fewer targets at
// a time, and with none left the worker's own files can't be opened.
func (c Config) fitFiles(f *job.Fitness, limit uint64) {
	jobs := max(0, int(c.Args.Jobs))
	if c.Args.Jobs == job.JobsAuto {
		jobs = 1 // it takes what there is
	}
	wanted := reserve + 3*jobs
	switch working, _ := bounds(jobs, limit); {
	case limit <= reserve:
		f.Wrong = append(f.Wrong, fmt.Sprintf("only %d files may be open; raise ulimit -n to %d", limit, wanted))
	case working < jobs:
		f.Warnings = append(f.Warnings, fmt.Sprintf(
			"%d targets at a time instead of %d: only %d files may be open; raise ulimit -n to %d, or lower jobs", working, jobs, limit, wanted))
	}
}

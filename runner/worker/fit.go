package worker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
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
	wrong := func(about job.About, err error) {
		if err != nil {
			f.Wrong = append(f.Wrong, job.Finding{About: about, Text: err.Error()})
		}
	}
	if c.Args.Attended && c.Ask == nil {
		c.Ask = nobodyYet
	}
	through, err := c.check()
	wrong(job.AboutSetup, err)
	for _, err := range c.fitKeys(ctx, &f) {
		wrong(job.AboutKeys, err)
	}
	for _, file := range c.Targets.KnownHosts {
		path, err := c.inHome(file)
		if err == nil {
			_, err = remote.KnownHosts(path)
		}
		if err != nil {
			wrong(job.AboutKnown, fmt.Errorf("%w; mend that file, or leave UserKnownHostsFile away", err))
		}
	}
	if err == nil && through.Ping {
		f.Ping, err = c.fitPing()
		wrong(job.AboutPings, err)
	}
	wrong(job.AboutTemp, c.fitTemp())
	c.fitFiles(&f, openFiles())
	c.fitMemory(&f, os.DirFS("/"))
	return f
}

// found adds what is well.
func found(f *job.Fitness, about job.About, format string, args ...any) {
	f.Found = append(f.Found, job.Finding{About: about, Text: fmt.Sprintf(format, args...)})
}

// nobodyYet stands for who will sit there when the worker runs.
func nobodyYet(string) (string, error) { return "", errors.New("nobody sits there yet") }

// fitKeys looks for the keys for the targets, and says of each that is no good
// what mends it.
func (c Config) fitKeys(ctx context.Context, f *job.Fitness) []error {
	if c.Args.Auth != authKeys {
		return nil // the password does
	}
	held, err := agentKeys(ctx, c.AgentSocket)
	silent := ""
	switch {
	case err != nil:
		silent = fmt.Sprintf("; the ssh-agent doesn't answer (%v)", err)
		found(f, job.AboutAgent, "it doesn't answer (%v)", err)
	case c.AgentSocket == "":
		found(f, job.AboutAgent, "none: key files only")
	default:
		found(f, job.AboutAgent, "it answers, and holds %d keys", held)
	}
	if len(c.Targets.Identities) == 0 {
		return c.fitUsual(held > 0, silent, f)
	}
	var errs []error
	for _, file := range c.Targets.Identities {
		one := c
		one.Targets.Identities = []string{file}
		if _, err := one.signers(held > 0); err != nil {
			errs = append(errs, fmt.Errorf("targets.%w%s; %s", err, silent, c.mendKey(err)))
			continue
		}
		found(f, job.AboutKeys, "%s can be read", file)
	}
	return errs
}

// fitUsual looks for the usual key files where none is named. Those that are no
// good are only said where there is nothing else.
func (c Config) fitUsual(held bool, silent string, f *job.Fitness) []error {
	said := ""
	c.Log = func(format string, args ...any) { said += "; " + fmt.Sprintf(format, args...) }
	signers, err := c.signers(held)
	if err == nil && len(signers) == 0 && !held {
		err = fmt.Errorf("%w%s%s", errNoKey, silent, said)
	}
	if err != nil {
		return []error{err}
	}
	found(f, job.AboutKeys, "%d of the usual files in ~/.ssh", len(signers))
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
		f.Wrong = append(f.Wrong, job.Finding{About: job.AboutFiles, Text: fmt.Sprintf("only %d files may be open; raise ulimit -n to %d", limit, wanted)})
	case working < jobs:
		f.Warnings = append(f.Warnings, job.Finding{About: job.AboutFiles, Text: fmt.Sprintf(
			"%d targets at a time instead of %d: only %d files may be open; raise ulimit -n to %d, or lower jobs", working, jobs, limit, wanted)})
	default:
		found(f, job.AboutFiles, "%d may be open, and %d are wanted", limit, wanted)
	}
}

// fitMemory judges the memory that is left, as root, the file system's root, shows
// it: with little there had better be fewer targets at a time.
func (c Config) fitMemory(f *job.Fitness, root fs.FS) {
	room, from, ok := available(root)
	if !ok {
		return
	}
	jobs := max(0, int64(c.Args.Jobs))
	if most := room / memoryPart / perTarget; most < jobs {
		f.Warnings = append(f.Warnings, job.Finding{About: job.AboutMemory, Text: fmt.Sprintf(
			"%s has %d MiB left, and %d targets at a time may take %d MiB; lower jobs to %d, or say jobs: auto",
			from, room>>20, jobs, jobs*perTarget>>20, max(1, most))})
		return
	}
	found(f, job.AboutMemory, "%s has %d MiB left", from, room>>20)
}

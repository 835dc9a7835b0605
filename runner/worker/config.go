// Package worker is the worker half: it reads a chunk of targets, connects to
// each of them over SSH, many at a time, runs the script there, sorts the
// targets by what came of it, and leaves a .done file last of all.
package worker

import (
	"cmp"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/secret"
)

// Config is what a worker is told, and what it needs of the world around it.
type Config struct {
	// Args is the classic command line.
	Args job.Args
	// Targets is how targets are reached.
	Targets job.TargetOptions
	// Job is the job file, verified; nil where a classic master has started
	// the worker.
	Job *job.File
	// Environ is the worker's environment, as key=value; the hook gets it, and the
	// secrets of the worker.
	Environ []string
	// Secrets are those that the job file names.
	Secrets secret.Set
	// AgentSocket is where the ssh-agent listens; empty where there is none.
	AgentSocket string
	// SystemConfig is the path of the system's ssh_config(5), which is read beside the
	// user's; empty reads the user's alone.
	SystemConfig string
	// Home is the user's home folder, User the name to log in as where none
	// is said, Host the name of this host.
	Home, User, Host string
	// Temp is the folder for private copies and large outputs, on this host.
	Temp string
	// Path is where ping(8) is looked for, in the form of PATH.
	Path string
	// Grace is how long what runs on the targets may go on after the worker
	// was told to end; 0 is 5 s. Cut, where it isn't nil, is closed when the
	// worker is told so a second time, and nothing is waited for any more.
	Grace time.Duration
	Cut   <-chan struct{}
	// Ask asks whoever sits at the worker's terminal for a secret, once for each;
	// nil where nobody does.
	Ask func(prompt string) (string, error)
	// Sized, where it isn't nil, is told how many targets there may be at a time,
	// before the first one and each time when there may be more.
	Sized func(jobs int)
	// Now tells the time.
	Now func() time.Time
	// Log says something to whoever looks after the worker. What it says may
	// hold anything.
	Log func(format string, args ...any)
}

func (c Config) grace() time.Duration { return cmp.Or(c.Grace, job.Grace) }

// chunk is the chunk's name.
func (c Config) chunk() string { return filepath.Base(c.Args.ChunkFile) }

// run is the id of the run; empty under a classic master.
func (c Config) run() string {
	if c.Job != nil {
		return c.Job.Run
	}
	return ""
}

// user is the name to log in to targets as.
func (c Config) user() string { return cmp.Or(c.Targets.User, c.User) }

// timeouts are the job file's, or the defaults with the connect timeout of
// SSHOPTS.
func (c Config) timeouts() job.Timeouts {
	if c.Job != nil {
		return c.Job.Timeouts
	}
	t := job.DefaultTimeouts
	if c.Targets.ConnectTimeout > 0 {
		t.Connect = time.Duration(c.Targets.ConnectTimeout) * time.Second
	}
	return t
}

func (c Config) maxOutput() int64 {
	if c.Job != nil {
		return c.Job.MaxOutput
	}
	return job.DefaultMaxOutput
}

// inHome gives the path that "~/…" stands for. Where nobody knows the home, it
// is an error, and no path in the working directory, which may be anybody's.
func (c Config) inHome(path string) (string, error) {
	rest, ok := strings.CutPrefix(path, "~/")
	switch {
	case !ok:
		return path, nil
	case !filepath.IsAbs(c.Home):
		return "", &homelessError{path}
	}
	return filepath.Join(c.Home, rest), nil
}

// homelessError tells that a path starts from a home that nobody knows.
type homelessError struct{ path string }

func (e *homelessError) Error() string {
	return "HOME is not set to an absolute path, so that " + e.path + " names no file; set it in SCAN_ENV, or write the whole path"
}

// Is makes it an error of a file that isn't there.
func (e *homelessError) Is(target error) bool { return target == fs.ErrNotExist }

package job

import "time"

// FileVersion is the version of the job file's format.
const FileVersion = 1

// The environment variables by which a worker finds its job file. A classic
// worker ignores them.
const (
	EnvFile   = "SCANMASTER_JOB"
	EnvSHA256 = "SCANMASTER_JOB_SHA256"
)

// EnvSecrets names the file of a worker's secrets, which it removes when it has read
// it; SecretsOfInput stands for its standard input.
const (
	EnvSecrets     = "SCANMASTER_SECRETS"
	SecretsOfInput = "-"
)

// File is the job file: what the classic command line has no word for. It is
// staged in the run's hidden folder; its digest travels in the environment, so
// that who can write to the share can't change what runs.
type File struct {
	Version int    `json:"version"`
	Run     string `json:"run"`
	Name    string `json:"name"`
	// Script is what runs on the targets.
	Script Staged `json:"script"`
	// PostChunk is nil where there is no such hook.
	PostChunk *Staged `json:"post_chunk,omitempty"`
	// Chunks are the run's chunks, by name.
	Chunks map[string]Chunk `json:"chunks"`
	// Shell is the command that reads the script; empty asks for the login shell.
	Shell []string `json:"shell,omitempty"`
	// Args and Env are the script's own, on the target.
	Args []string          `json:"args,omitempty"`
	Env  map[string]string `json:"env,omitempty"`
	// Secrets names the variables whose values are no text of this file; nil where
	// there are none.
	Secrets *Secrets `json:"secrets,omitempty"`
	// HookEnv names the variables that hooks get of the environment, as MatchEnv has
	// it; nil is all, and empty is none, also in JSON.
	HookEnv []string `json:"hook_env,omitzero"`
	// Timeouts bound the phases of a target, and the post-chunk hook.
	Timeouts Timeouts `json:"timeouts"`
	// Retry is how many more tries a target is worth that failed, by class or
	// by reason of its outcome, of which the reason counts where both are given:
	// keys of RetryKeys, 0 to MaxRetry each. Who was dropped before its banner is
	// worth a few where neither is given.
	Retry map[string]int `json:"retry,omitempty"`
	// Rate bounds the new connections to targets; nil is no bound.
	Rate *Rate `json:"rate,omitempty"`
	// PerSubnet is how many targets of one subnet a worker has in hand at the most;
	// 0 is no bound.
	PerSubnet int `json:"per_subnet,omitempty"`
	// MaxOutput caps what is kept of one target's output, in bytes.
	MaxOutput int64 `json:"max_output"`
	// Lease is how long the worker's heartbeat may stand still before the chunk
	// may be taken from it; in JSON as nanoseconds.
	Lease time.Duration `json:"lease"`
	// MasterLease is how long the content of MasterBeat may stay the same before
	// the worker stops by itself; it begins nothing new from half of that on. 0 is
	// that of a worker that goes on without its master. In JSON as nanoseconds.
	MasterLease time.Duration `json:"master_lease,omitempty"`
	// OnUnknown is Rerun or Report.
	OnUnknown string `json:"on_unknown"`
}

// At gives the same for a worker host that has the run's files elsewhere.
func (f File) At(layout Layout) File {
	f.Script.Path = layout.Staged(RoleRemote)
	if f.PostChunk != nil {
		f.PostChunk = &Staged{Path: layout.Staged(RolePostChunk), SHA256: f.PostChunk.SHA256}
	}
	return f
}

// Secrets are names of variables, each sorted: of the worker, and of the script on the
// targets.
type Secrets struct {
	Worker []string `json:"worker,omitempty"`
	Script []string `json:"script,omitempty"`
}

// What becomes of a target that the script was, or was about to be, sent to
// when its worker died.
const (
	// Rerun has the script run there again.
	Rerun = "rerun"
	// Report sorts the target as unknown; nothing runs there again.
	Report = "report"
)

// Staged is a file on the share with the digest that it must have.
type Staged struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// Chunk is one worker's share of the targets.
type Chunk struct {
	SHA256 string `json:"sha256"`
	// Lines counts the targets.
	Lines int64 `json:"lines"`
}

// Timeouts bound the phases of a target, and hooks; in JSON as nanoseconds.
type Timeouts struct {
	Connect time.Duration `json:"connect"`
	Banner  time.Duration `json:"banner"`
	Auth    time.Duration `json:"auth"`
	Run     time.Duration `json:"run"`
	// Idle bounds the silence of a script, Hook each run of a hook; 0 is no
	// bound.
	Idle time.Duration `json:"idle,omitempty"`
	Hook time.Duration `json:"hook,omitempty"`
}

// DefaultTimeouts are in force where nothing is said.
var DefaultTimeouts = Timeouts{
	Connect: 10 * time.Second,
	Banner:  10 * time.Second,
	Auth:    20 * time.Second,
	Run:     5 * time.Minute,
}

// DefaultLease is in force where nothing is said.
const DefaultLease = 2 * time.Minute

// Grace is how long what runs on the targets may go on after a worker was told
// to end.
const Grace = 5 * time.Second

// DefaultMaxOutput is in force where nothing is said, in bytes.
const DefaultMaxOutput = 16 << 20

// DefaultJobs is how many targets a worker has in hand where nothing is said.
const DefaultJobs = 175

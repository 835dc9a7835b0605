// Package spec reads scan files, the checked-in YAML that says all of a scan,
// and says what is wrong with them, with line and column.
package spec

import (
	"time"

	"scanmaster/spec/diag"
)

// Scan is a scan file as it was read: values as written, paths relative to
// the folder of the scan file, defaults filled in.
type Scan struct {
	// Version of the scan file's format. There is one so far.
	Version int `yaml:"version"`
	// Name of the scan: one path segment that names files and folders.
	Name string `yaml:"name"`
	// Input lists the files of targets, "host" or "host ip" a line.
	Input Paths `yaml:"input"`
	// Exclude lists files of targets that are never scanned.
	Exclude Paths `yaml:"exclude"`
	// Remote is the script that runs on every target.
	Remote Remote `yaml:"remote"`
	// Hosts are the worker hosts, in the order of the file.
	Hosts Hosts `yaml:"hosts"`
	// KnownHosts is the file of the workers' host keys; empty means the user's.
	KnownHosts string `yaml:"known_hosts"`
	// Dir is the shared folder below which all output goes.
	Dir string `yaml:"dir"`
	// Deploy says how workers come by the worker half: "auto" or "never".
	Deploy string `yaml:"deploy"`
	// Hooks run before, after each chunk, and after all.
	Hooks Hooks `yaml:"hooks"`
	// ScanEnv is the environment of every worker process.
	ScanEnv map[string]string `yaml:"SCAN_ENV"`
	// Jobs is how many targets each worker has in hand at a time.
	Jobs int `yaml:"jobs"`
	// Auth is how workers authenticate to targets: "pubkey", "password" or "all".
	Auth string `yaml:"auth"`
	// Checks are made of a target before it is logged in to.
	Checks Checks `yaml:"checks"`
	// Targets says how workers reach targets.
	Targets Targets `yaml:"targets"`
	// Shell is what reads the script on the target: a command line of words
	// parted by blanks, or "login" for a shell request without a command.
	Shell string `yaml:"shell"`
	// Passthrough is handed on to the worker, and through it to what it invokes.
	Passthrough []string `yaml:"passthrough"`
	// Timeouts bound every phase of a target.
	Timeouts Timeouts `yaml:"timeouts"`
	// MaxOutput caps what is kept of one target's output, in bytes.
	MaxOutput Size `yaml:"max_output"`
	// Poll is how often the shared folder is looked at when no event comes.
	Poll Duration `yaml:"poll"`
	// Lease is how long an owner's heartbeat may stand still before another
	// host takes the owner for dead.
	Lease Duration `yaml:"lease"`
	// Keep is how many earlier runs are kept below .old.
	Keep int `yaml:"keep"`
	// FailOn says which results make the scan fail.
	FailOn FailOn `yaml:"fail_on"`

	file string
	pos  map[string]diag.Pos
}

// File is the path of the scan file, as it was given to Load.
func (s *Scan) File() string { return s.file }

// At gives the place of a key in the scan file, by its path in the form
// "hosts[1].port" or "hooks.pre"; where the key isn't written, the place of
// the nearest key above it, and at last the file alone.
func (s *Scan) At(path string) diag.Pos { return at(s.pos, s.file, path) }

// Paths is one path or a list of paths.
type Paths []string

// Remote is the script for the targets, with what it gets.
type Remote struct {
	// Script is the path of the script.
	Script string `yaml:"script"`
	// Args are the script's arguments.
	Args []string `yaml:"args"`
	// Env is the script's environment on the target.
	Env map[string]string `yaml:"env"`
}

// Hosts are the entries of the worker list.
type Hosts []Host

// Local is the host name that stands for this machine, reached without SSH.
const Local = "local"

// Host is one entry of the worker list: a host, or a File in the classic
// format (every blank-separated word that is no comment is a worker).
type Host struct {
	// Host is a name or an address; Local is this machine.
	Host string `yaml:"host"`
	// User to log in as; empty means the user who starts the scan.
	User string `yaml:"user"`
	// Port of the SSH server; 0 means the default.
	Port int `yaml:"port"`
	// Identity is the private key file, on the master.
	Identity string `yaml:"identity"`
	// File lists workers in the classic format; excludes all other fields.
	File string `yaml:"file"`
}

// Hooks are scripts of the user's; each is empty where not given.
type Hooks struct {
	// Pre runs on the master before anything else; argv: name.
	Pre string `yaml:"pre"`
	// PostChunk runs on each worker after its chunk; argv: the chunk's folder.
	PostChunk string `yaml:"post_chunk"`
	// Aggregate runs on the master after all; argv: name, input, started.
	Aggregate string `yaml:"aggregate"`
}

// Checks are made of a target before it is logged in to.
type Checks struct {
	// Ping asks for an ICMP echo first; off is the classic -P.
	Ping bool `yaml:"ping"`
	// Banner sorts targets without SSH apart as nosshd; off is the classic -S.
	Banner bool `yaml:"banner"`
}

// Targets says how workers reach targets.
type Targets struct {
	// User to log in as; empty means the worker's own.
	User string `yaml:"user"`
	// Identity is a private key file, a path on the worker.
	Identity string `yaml:"identity"`
	// Port where a target names none.
	Port int `yaml:"port"`
	// HostKeys is "accept-new", "strict" or "off".
	HostKeys string `yaml:"host_keys"`
}

// Timeouts bound the phases of a target; none may be zero.
type Timeouts struct {
	// Connect bounds the TCP connect.
	Connect Duration `yaml:"connect"`
	// Banner bounds the wait for the SSH identification string (RFC 4253 section 4.2).
	Banner Duration `yaml:"banner"`
	// Auth bounds key exchange and authentication together.
	Auth Duration `yaml:"auth"`
	// Run bounds the script.
	Run Duration `yaml:"run"`
}

// Duration is a length of time, written as "90s", "5m" or "1h30m".
type Duration time.Duration

// Std gives the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String gives the shortest form: "5m", not "5m0s".
func (d Duration) String() string { return shortDuration(time.Duration(d)) }

// Size is a number of bytes, written as "16MiB", "100kB" or a plain number.
type Size int64

// FailOn maps a class of results to the most that is borne: the keys are
// "unreachable", "failed" (any exit status but 0) and "exit_N".
type FailOn map[string]Limit

// Limit is a count, or a share of all targets. More than that fails the scan.
type Limit struct {
	// Count of targets; used where Percent is false.
	Count int64
	// Share in percent of all targets; used where Percent is true.
	Share float64
	// Percent tells which of the two is meant.
	Percent bool
}

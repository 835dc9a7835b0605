// Package spec reads scan files, the checked-in YAML that says all of a scan,
// and says what is wrong with them, with line and column.
package spec

import (
	"strings"

	"scanmaster/spec/diag"
)

// Scan is a scan file as it was read: values as written, paths relative to
// the folder of the scan file, defaults filled in.
type Scan struct {
	// Version of the scan file's format. There is one so far.
	Version int `yaml:"version" validate:"eq=1"`
	// Name of the scan: one path segment that names files and folders.
	Name string `yaml:"name" validate:"required,max=100,scan_name"`
	// Input lists the files of targets, "host" or "host ip" a line.
	Input Paths `yaml:"input" validate:"min=1,dive,file_path"`
	// Exclude lists files of targets that are never scanned.
	Exclude Paths `yaml:"exclude" validate:"dive,file_path"`
	// Remote is the script that runs on every target.
	Remote Remote `yaml:"remote"`
	// Hosts are the worker hosts, in the order of the file.
	Hosts Hosts `yaml:"hosts" validate:"min=1,dive"`
	// KnownHosts is the file of the workers' host keys; where not given, the user's.
	KnownHosts string `yaml:"known_hosts" validate:"omitempty,file_path"`
	// Dir is the shared folder below which all output goes.
	Dir string `yaml:"dir" validate:"share_dir"`
	// Deploy says how workers come by the worker half: "auto" or "never".
	Deploy string `yaml:"deploy" validate:"oneof=auto never"`
	// DeployFrom is a folder of builds for workers of another system or
	// architecture than the master's, each named scanmaster_OS_ARCH.
	DeployFrom string `yaml:"deploy_from" validate:"omitempty,file_path"`
	// Launch says what a worker host runs its worker in: "screen" or "process".
	Launch string `yaml:"launch" validate:"oneof=screen process"`
	// Attach hands the terminal of who starts the scan over to each worker's session
	// in turn, so that what the worker asks for can be typed there. Detaching moves on
	// to the next one; a worker that is lost is not started again by itself.
	Attach bool `yaml:"attach"`
	// MinWorkers is how many workers must be able to work; with fewer nothing
	// is started.
	MinWorkers int `yaml:"min_workers" validate:"min=1"`
	// Chunks is how many chunks there are for each worker: who is free takes the
	// next.
	Chunks int `yaml:"chunks" validate:"min=1,max=1000"`
	// OnWorkerLost says what becomes of the chunk of a worker that is lost:
	// "redeal" has another one go on with it, "fail" leaves it.
	OnWorkerLost string `yaml:"on_worker_lost" validate:"oneof=redeal fail"`
	// Retries is how many workers may be lost with one chunk before it is left.
	Retries int `yaml:"retries" validate:"min=0,max=100"`
	// Share says how worker hosts share Dir with the master: "required" is as a
	// folder that all of them see, "none" is not at all, so that files go and come
	// by SFTP, and "auto" finds out for each.
	Share string `yaml:"share" validate:"oneof=auto none required"`
	// ShareWait is how long a file that one host writes into the shared folder
	// may take to show on another.
	ShareWait Duration `yaml:"share_wait" validate:"at_least=1s"`
	// Hooks run before, after each chunk, and after all.
	Hooks Hooks `yaml:"hooks"`
	// HookEnv lists the variables that hooks get of the environment, on the master and
	// on workers; LC_* stands for all that begin so. Where not given they get all.
	HookEnv []string `yaml:"hook_env" validate:"omitempty,min=1,dive,env_glob"`
	// ScanEnv is the environment of every worker process.
	ScanEnv Env `yaml:"SCAN_ENV" validate:"dive,keys,env_name,not_ours,endkeys"`
	// Jobs is how many targets each worker has in hand at a time; with "auto" each
	// finds out how many it can bear.
	Jobs Jobs `yaml:"jobs"`
	// Rate is how many new connections to targets there may be at the most, of all
	// workers together, tries again included.
	Rate Rate `yaml:"rate"`
	// PerSubnet is how many targets of one subnet, a /24 of IPv4 or a /64 of IPv6,
	// each worker has in hand at a time; 0 is no bound.
	PerSubnet int `yaml:"per_subnet" validate:"omitempty,min=1,max=10000"`
	// Auth is how workers authenticate to targets: "pubkey", "password" or "all".
	Auth string `yaml:"auth" validate:"oneof=pubkey password all"`
	// Checks are made of a target before it is logged in to.
	Checks Checks `yaml:"checks"`
	// Targets says how workers reach targets.
	Targets Targets `yaml:"targets"`
	// Shell is what reads the script on the target: a command line of words
	// parted by blanks, or "login" for a shell request without a command.
	Shell string `yaml:"shell" validate:"one_line"`
	// Passthrough is handed on to the worker, and through it to what it invokes.
	Passthrough []string `yaml:"passthrough" validate:"dive,flag"`
	// Timeouts bound every phase of a target, hooks, and the scan.
	Timeouts Timeouts `yaml:"timeouts"`
	// Retry says how many more tries a target is worth that failed before the
	// script was sent, by class or by reason; a connection that was dropped before
	// its banner is worth 3 where neither is named.
	Retry Retry `yaml:"retry" validate:"dive,keys,retry_key,endkeys,min=0,max=10"`
	// MaxOutput caps what is kept of one target's output, in bytes.
	MaxOutput Size `yaml:"max_output" validate:"at_least=1KiB"`
	// Poll is how often the shared folder is looked at when no event comes.
	Poll Duration `yaml:"poll" validate:"at_least=1s"`
	// Lease is how long the heartbeat of an owner on another host, or of a worker
	// that can't be asked, may stand still before it is taken for dead: at least
	// 10s. It bounds, too, how long a worker goes on that can't renew its own.
	Lease Duration `yaml:"lease" validate:"at_least=10s"`
	// OnMasterLost says what workers do whose master gives no sign for a lease:
	// "continue" goes on to the end of their chunks, "stop" stops.
	OnMasterLost string `yaml:"on_master_lost" validate:"oneof=continue stop"`
	// OnUnknown says what becomes of targets that the script may have run on
	// when their worker died: "rerun" runs it there again, "report" never does,
	// and sorts them as unknown.
	OnUnknown string `yaml:"on_unknown" validate:"oneof=rerun report"`
	// Keep is how many earlier runs are kept below .old.
	Keep int `yaml:"keep" validate:"min=0"`
	// FailOn says which results make the scan fail.
	FailOn FailOn `yaml:"fail_on" validate:"dive,keys,limit_key,endkeys"`
	// MaxFail stops the scan early when more of the targets that were begun have
	// failed for one and the same reason.
	MaxFail Percent `yaml:"max_fail"`
	// Canary is how many targets are scanned first, a count or a share; the others
	// only where these are fine.
	Canary Limit `yaml:"canary"`
	// MaxDrift is by how much the input may have shrunk since the last run; where
	// it has shrunk by more, apply asks for --force.
	MaxDrift Percent `yaml:"max_drift"`

	file   string
	inline []byte
	pos    map[string]diag.Pos
	// bad are the paths of values that a problem was told of.
	bad map[string]bool
}

// File is the path of the scan file, as it was given to Load.
func (s *Scan) File() string { return s.file }

// At gives the place of a key in the scan file, by its path in the form
// "hosts[1].port" or "hooks.pre": that of its value where it has a plain one.
// Where the key isn't written it is the place of the nearest key above it, and
// at last the file alone.
func (s *Scan) At(path string) diag.Pos { return at(s.pos, s.file, path) }

// Readable tells whether the file could be read as keys and values at all,
// however wrong some of them are.
func (s *Scan) Readable() bool { return len(s.pos) > 0 && !s.bad[""] }

// Wrong tells whether a problem was told of the value at a path, of one around
// it or of one in it: what follows from that need not be told.
func (s *Scan) Wrong(path string) bool {
	if told(s.bad, path) {
		return true
	}
	for bad := range s.bad {
		if rest, ok := strings.CutPrefix(bad, path); ok && (rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// What a worker host runs its worker in.
const (
	// LaunchScreen is a detached screen session, which can be looked into.
	LaunchScreen = "screen"
	// LaunchProcess is a detached process, for hosts without screen.
	LaunchProcess = "process"
)

// What becomes of the chunk of a worker that is lost.
const (
	// LostRedeal has another worker go on with it.
	LostRedeal = "redeal"
	// LostFail leaves it.
	LostFail = "fail"
)

// What workers do whose master gives no sign any more.
const (
	// MasterLostContinue goes on to the end of their chunks.
	MasterLostContinue = "continue"
	// MasterLostStop begins nothing new after half a lease, and stops after a
	// whole one.
	MasterLostStop = "stop"
)

// What becomes of targets that were in flight when their worker died.
const (
	// OnUnknownRerun runs the script there again.
	OnUnknownRerun = "rerun"
	// OnUnknownReport sorts them as unknown, and runs nothing there.
	OnUnknownReport = "report"
)

// How worker hosts share the folder of all output with the master.
const (
	// ShareAuto finds out for each host.
	ShareAuto = "auto"
	// ShareNone has all files go and come by SFTP.
	ShareNone = "none"
	// ShareRequired leaves out a host that doesn't see the folder.
	ShareRequired = "required"
)

// DeployNever expects scanslave on the worker hosts.
const DeployNever = "never"

// Paths is one path or a list of paths.
type Paths []string

// Remote is the script for the targets, with what it gets.
type Remote struct {
	// Script is the path of the script.
	Script string `yaml:"script" validate:"required,file_path"`
	// Args are the script's arguments.
	Args []string `yaml:"args" validate:"dive,no_nul"`
	// Env is the script's environment on the target.
	Env Env `yaml:"env" validate:"dive,keys,env_name,endkeys"`
}

// Hosts are the entries of the worker list.
type Hosts []Host

// Local is the host name that stands for this machine, reached without SSH.
const Local = "local"

// Host is one entry of the worker list: a host, or a File in the classic
// format (every blank-separated word that is no comment is a worker).
type Host struct {
	// Host is a name or an address, or the word local for this machine. IPv6
	// addresses are kept without brackets.
	Host string `yaml:"host" validate:"omitempty,worker_host"`
	// User to log in as; where not given, the user who starts the scan.
	User string `yaml:"user" validate:"omitempty,login_name"`
	// Port of the SSH server where it isn't the default; never 0 in the file.
	Port int `yaml:"port" validate:"omitempty,min=1,max=65535"`
	// Identity is the private key file, on the master.
	Identity string `yaml:"identity" validate:"omitempty,file_path"`
	// File lists workers in the classic format; excludes all other fields.
	File string `yaml:"file" validate:"omitempty,file_path"`
}

// Hooks are scripts of the user's; each is empty where not given.
type Hooks struct {
	// Pre runs on the master before anything else; argv: name.
	Pre string `yaml:"pre" validate:"omitempty,file_path"`
	// PostChunk runs on each worker after its chunk; argv: the chunk's folder.
	PostChunk string `yaml:"post_chunk" validate:"omitempty,file_path"`
	// Aggregate runs on the master after all; argv: name, input, started.
	Aggregate string `yaml:"aggregate" validate:"omitempty,file_path"`
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
	// User to log in as; where not given, the worker's own.
	User string `yaml:"user" validate:"omitempty,login_name"`
	// Identity is a private key file, a path on the worker.
	Identity string `yaml:"identity" validate:"omitempty,file_path,no_blanks"`
	// Port where a target names none.
	Port int `yaml:"port" validate:"min=1,max=65535"`
	// HostKeys is "accept-new", "strict" or "off"; strict where nothing is said and a
	// password may be sent.
	HostKeys string `yaml:"host_keys" validate:"oneof=accept-new strict off"`
	// Algorithms are all that may be used on the way to targets.
	Algorithms Algorithms `yaml:"algorithms"`
}

// Algorithms lists what may be used on a connection, best first; of a list that
// isn't given the worker's own holds. They go to workers as options of
// ssh_config(5).
type Algorithms struct {
	// KEX are the key exchanges; ssh_config's KexAlgorithms.
	KEX []string `yaml:"kex" validate:"omitempty,min=1,dive,kex_name"`
	// Ciphers are the ciphers; ssh_config's Ciphers.
	Ciphers []string `yaml:"ciphers" validate:"omitempty,min=1,dive,cipher_name"`
	// MACs are the message authentication codes, of which ciphers that
	// authenticate by themselves need none; ssh_config's MACs.
	MACs []string `yaml:"macs" validate:"omitempty,min=1,dive,mac_name"`
	// HostKeys are the host key algorithms, those of known keys first whatever
	// the order; ssh_config's HostKeyAlgorithms.
	HostKeys []string `yaml:"host_keys" validate:"omitempty,min=1,dive,host_key_name"`
}

// Retry maps classes and reasons of failures to how many more tries each is
// worth; a reason counts before its class.
type Retry map[string]int

package plan

import (
	"scanmaster/runner/job"
	"scanmaster/spec"
)

// Facts is what a plan needs to know of the world; cmd gathers it.
type Facts struct {
	// Base is the absolute folder that the scan's relative paths start from.
	// Home is the folder that "~" stands for on the master.
	Base, Home string
	// NoHome tells that nobody knows what "~" stands for: what starts from there
	// can't be used.
	NoHome bool
	// Files holds what was found of each file, by the path as written. A file
	// that isn't there is not in the map.
	Files map[string]FileFacts
	// Scan is what was found of the scan file itself.
	Scan FileFacts
	// Hosts are the worker hosts with every {file: …} entry replaced by what
	// it lists.
	Hosts spec.Hosts
	// Limit is the part of the input that is scanned, All how many targets there
	// are without it, and Unmatched the words of it that none was found for.
	Limit     Limit
	All       int64
	Unmatched []string
	// Counted tells whether Targets, All and Excluded are known.
	Counted           bool
	Targets, Excluded int64
	// Empty tells that an input without targets is meant so.
	Empty bool
	// Builds are the binaries that may be deployed; nil where nobody has asked.
	Builds []Build
	// Rerun tells that only some targets of an earlier run are scanned again.
	Rerun *Rerun
	// Confined bounds a scan file that isn't trusted; nil where it is.
	Confined *Confinement
	// Run, Min and Bin are this run's, or the placeholders.
	Run, Min, Bin string
}

// FileFacts is what was found of one file.
type FileFacts struct {
	SHA256      string
	Size, Lines int64
	Executable  bool
	// Problem says why the file can't be used, such as "is a folder"; empty
	// where it can.
	Problem string
}

// Summary is what a reviewer reads first: what would run, on how many
// targets, from which workers, as whom, trusting which keys, what makes it
// fail, what is moved or deleted, and what is written.
type Summary struct {
	Name string `json:"name"`
	// Set are the values of the command line's that take the place of the scan
	// file's, as "key=value".
	Set []string `json:"set,omitempty"`
	// Base are the files below the scan file, the nearest first.
	Base      []File `json:"base,omitempty"`
	Script    File   `json:"script"`
	Shell     string `json:"shell"`
	User      string `json:"user,omitempty"`
	Auth      string `json:"auth"`
	Inputs    []File `json:"inputs"`
	Exclude   []File `json:"exclude,omitempty"`
	HostFiles []File `json:"host_files,omitempty"`
	Counted   bool   `json:"counted"`
	Targets   int64  `json:"targets,omitempty"`
	// Limit says which part of the input these are, All how many there are of it.
	Limit    Limit       `json:"limit,omitzero"`
	All      int64       `json:"all,omitempty"`
	Excluded int64       `json:"excluded,omitempty"`
	Workers  int         `json:"workers"`
	Remote   int         `json:"remote_workers"`
	Jobs     job.Jobs    `json:"jobs"`
	Trust    Trust       `json:"trust"`
	FailOn   spec.FailOn `json:"fail_on,omitempty"`
	Keep     int         `json:"keep"`
	// Algorithms are all that targets are offered.
	Algorithms Algorithms `json:"algorithms,omitzero"`
}

// Algorithms are all that may be used on a connection, best first; a list that
// is empty leaves it to the worker.
type Algorithms struct {
	KEX      []string `json:"kex,omitempty"`
	Ciphers  []string `json:"ciphers,omitempty"`
	MACs     []string `json:"macs,omitempty"`
	HostKeys []string `json:"host_keys,omitempty"`
}

// Trust says which host keys are believed, on each of the two legs.
type Trust struct {
	// KnownHosts is the file of the workers' keys; empty where all are local.
	KnownHosts string `json:"known_hosts,omitempty"`
	// Targets is the host key policy of the targets.
	Targets string `json:"targets"`
}

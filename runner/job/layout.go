// Package job is what master and worker agree on: the names of files and
// folders below the shared folder, the worker's command line and environment,
// and the job file that says what these have no word for.
package job

import (
	"fmt"
	"path/filepath"
)

// The names of the classic suite's files (see its manual page and the shared
// contract); ours begin with a dot, so that neither aggregators nor the
// classic master's "rm PREFIX/*" sees them.
const (
	// ChunkedDir is the folder below DIR that holds one folder a scan.
	ChunkedDir = "chunked"
	// Started and Ended hold one line of date(1) each.
	Started = "started"
	Ended   = "ended"
	// Done is what a worker leaves last of all.
	Done = ".done"
	// Slave holds the worker's host name while it works.
	Slave = ".slave"
	// LiveWorkers lists the live workers, one a line.
	LiveWorkers = ".whosts"
	// Input is the folder of chunks below PREFIX and below a chunk's folder,
	// and the name of the chunk's own copy below Output.
	Input = "input"
	// Output is the folder of results below a chunk's folder.
	Output = "output"
	// SubChunk is the one sub-chunk that our worker makes.
	SubChunk = "xaa"
	// Final is the folder of the built-in merge.
	Final = "final"
	// Old is the hidden folder that earlier runs are moved to.
	Old = ".old"
	// OldRun begins the name of an earlier run's folder below Old.
	OldRun = "run-"
	// RunPrefix begins the name of a run's hidden folder below PREFIX.
	RunPrefix = ".run-"
	// Plan is what a run carries out, in its hidden folder.
	Plan = "plan.json"
	// LogPrefix begins the name of a worker's log in the run's hidden folder;
	// the chunk's name follows.
	LogPrefix = "log."
	// MasterLog is the log of a master in the background, in the run's hidden
	// folder.
	MasterLog = "master.log"
	// MasterBeat is what a master renews as long as it lives, in the run's hidden
	// folder; see MasterSign.
	MasterBeat = "master.beat"
	// Record is the worker's record in a chunk's folder.
	Record = ".record"
	// Holder holds a word of the worker that has the chunk, in its folder.
	Holder = ".holder"
	// Progress is where a worker publishes its counts, in a chunk's folder.
	Progress = ".progress"
	// Limit is where the master asks a worker for the end of its chunk, in the
	// chunk's folder.
	Limit = ".limit"
	// Cut begins the name of a chunk's file that waits for its place: the chunk
	// was made, or made shorter, while the scan ran.
	Cut = ".cut-"
	// State is the hidden folder below DIR for what outlives runs.
	State = ".scanmaster"
	// HostKeys is the folder of the targets' host keys below State.
	HostKeys = "host_keys"
)

// Layout knows where everything of one run is. It is the only owner of path
// names; all its methods are pure.
type Layout struct {
	// Dir is the shared folder, absolute.
	Dir string `json:"dir"`
	// Name of the scan.
	Name string `json:"name"`
	// Run is the run's id; see NewRun.
	Run string `json:"run"`
	// Min is the minute the run began, as YYYYmmddHHMM.
	Min string `json:"min"`
}

// Prefix is the scan's folder, PREFIX in the manual page.
func (l Layout) Prefix() string { return filepath.Join(l.Dir, ChunkedDir, l.Name) }

// RunDir is the run's hidden folder: what is staged, logs, the job file.
func (l Layout) RunDir() string { return filepath.Join(l.Prefix(), RunPrefix+l.Run) }

// JobFile is the n-th job file of the run, from 1: where chunks are made while
// the scan runs, each time there is a new one, with all.
func (l Layout) JobFile(n int) string {
	if n > 1 {
		return filepath.Join(l.RunDir(), fmt.Sprintf("job.%d.json", n))
	}
	return filepath.Join(l.RunDir(), "job.json")
}

// Staged is where a script or hook is staged, by its role.
func (l Layout) Staged(r Role) string { return filepath.Join(l.RunDir(), string(r)) }

// Log is where a worker's own messages go that has no terminal.
func (l Layout) Log(chunk string) string { return filepath.Join(l.RunDir(), LogPrefix+chunk) }

// ChunkDir is the folder of the chunks, the aggregator's working directory.
func (l Layout) ChunkDir() string { return filepath.Join(l.Prefix(), Input, l.Min) }

// Chunk is the path of one chunk.
func (l Layout) Chunk(chunk string) string { return filepath.Join(l.ChunkDir(), chunk) }

// WorkDir is the folder that a worker makes for a chunk in the minute wmin of
// its own clock, and the argument of the post-chunk hook. ChunkOf is the way
// back.
func (l Layout) WorkDir(wmin, chunk string) string {
	return filepath.Join(l.Prefix(), wmin+"."+chunk)
}

// StartedFile is the time stamp that aggregators compare with.
func (l Layout) StartedFile() string { return filepath.Join(l.Prefix(), Started) }

// MasterLog is where a master in the background says what happens.
func (l Layout) MasterLog() string { return filepath.Join(l.RunDir(), MasterLog) }

// HostKeyDir is where the targets' host keys are kept between runs.
func (l Layout) HostKeyDir() string { return filepath.Join(l.Dir, State, HostKeys) }

// HostKeyFile is where the worker of a chunk records those that it accepts.
func (l Layout) HostKeyFile(chunk string) string {
	return filepath.Join(l.HostKeyDir(), HostKeysOf(l.Name, chunk))
}

// HostKeysOf is the name of the file below HostKeys that the worker of a chunk
// records host keys in. No other worker writes there.
func HostKeysOf(name, chunk string) string { return name + "." + chunk }

// Apart is the layout on a worker host that does not see the shared folder: its
// own folder for the n-th worker of a chunk, below the home folder.
func (l Layout) Apart(home, chunk string, n int) Layout {
	l.Dir = filepath.Join(home, ".cache", "scanmaster", fmt.Sprintf("run.%s.%s.%d", l.Run, chunk, n))
	return l
}

// Role is what a staged file is for, and its name in the run's hidden folder.
type Role string

// The roles.
const (
	RoleScan      Role = "scan.yaml"
	RolePre       Role = "pre"
	RoleRemote    Role = "remote"
	RolePostChunk Role = "post_chunk"
	RoleAggregate Role = "aggregate"
	RoleInput     Role = "input"
	RoleExclude   Role = "exclude"
	RoleHosts     Role = "hosts"
)

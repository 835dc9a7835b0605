package plan

import (
	"time"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// Step is one thing to do. The set is sealed: Pre, Check, Probe, Clear, Agent,
// Stage, Split, Launch, Wait, Aggregate, Merge.
type Step interface {
	// Kind is the step's word in text and JSON.
	Kind() string
	step()
}

// File is a file of the user's that the scan needs.
type File struct {
	Role job.Role `json:"role"`
	// Key is the scan file's key that names it, such as "hooks.pre" or "input[1]".
	Key string `json:"key"`
	// Path as written; relative to Plan.Base.
	Path string `json:"path"`
	// SHA256, Size in bytes and Lines are as found; SHA256 is empty where the
	// file isn't there yet and is for the pre hook to make.
	SHA256 string `json:"sha256,omitempty"`
	Size   int64  `json:"size,omitempty"`
	Lines  int64  `json:"lines,omitempty"`
	// Text is what it holds where it is in no file: the scan that a command line
	// says.
	Text string `json:"text,omitempty"`
}

// Build is a binary of this program that a scan may run on its workers.
type Build struct {
	// System is what it was made for, such as "linux/arm64"; ThisBuild is the
	// binary that carries out the plan.
	System string `json:"system"`
	// SHA256 is the digest of its content, as hexadecimal digits.
	SHA256 string `json:"sha256"`
}

// ThisBuild stands for the system of the binary that carries out the plan.
const ThisBuild = "this"

// Worker is one worker of the scan.
type Worker struct {
	// Name is unique in the plan: the host, with what tells it from its likes.
	Name string `json:"name"`
	// Host is a name, an address or spec.Local.
	Host     string `json:"host"`
	User     string `json:"user,omitempty"`
	Port     int    `json:"port,omitempty"`
	Identity string `json:"identity,omitempty"`
	// Local workers are processes of this binary on this machine.
	Local bool `json:"local,omitempty"`
}

// Pre runs the pre hook on the master, in the caller's directory.
type Pre struct {
	Hook File     `json:"hook"`
	Args []string `json:"args"`
}

// Check makes sure that files exist, can be read and, for hooks, be executed.
type Check struct {
	Files []File `json:"files"`
	// Dynamic tells that a pre hook may change the files, so that digests and
	// counts of the plan don't bind.
	Dynamic bool `json:"dynamic,omitempty"`
	// MaxDrift is by how much there may be fewer targets than in the last run.
	MaxDrift spec.Percent `json:"max_drift,omitzero"`
}

// Probe finds out which workers are alive, with room and the share in sight.
type Probe struct {
	Workers    []Worker `json:"workers"`
	KnownHosts string   `json:"known_hosts,omitempty"`
	// MinWorkers is how many of them must be able to work.
	MinWorkers int `json:"min_workers"`
	// Deploy is "auto" or "never"; DeployFrom is the folder of builds for other
	// systems and architectures, empty where none is given.
	Deploy     string `json:"deploy"`
	DeployFrom string `json:"deploy_from,omitempty"`
	// Launch is spec.LaunchScreen or spec.LaunchProcess: what is needed on the
	// worker hosts.
	Launch string `json:"launch"`
	Dir    string `json:"dir"`
	// Share is spec.ShareAuto, spec.ShareNone or spec.ShareRequired.
	Share string `json:"share,omitempty"`
	// ShareWait is how long a file of one host may take to show on another; in
	// JSON as nanoseconds.
	ShareWait time.Duration `json:"share_wait"`
	// Classic says what scanslaves of the classic suite would make of the scan;
	// nil where there can be none.
	Classic *Classic `json:"classic,omitempty"`
}

// Classic is what a classic scanslave can't honour, each as a key of the scan
// file.
type Classic struct {
	// Refused is what it is refused for: it would trust or run something else
	// than the scan file says. Empty where it may work.
	Refused []string `json:"refused,omitempty"`
	// Ignored is what merely doesn't hold there.
	Ignored []string `json:"ignored,omitempty"`
}

// Clear moves what an earlier scan of this name left out of the way and makes
// the new folder.
type Clear struct {
	Prefix string `json:"prefix"`
	// Keep is how many earlier runs stay below .old.
	Keep int `json:"keep"`
}

// Agent finds the ssh-agent of whoever starts the scan.
type Agent struct{}

// Stage copies into the run's hidden folder what workers read and what a run
// needs to be taken up again by its name alone. Several inputs are joined into
// the one that the aggregator is told of: a File without a Path.
type Stage struct {
	Dir   string       `json:"dir"`
	Files []StagedFile `json:"files"`
}

// StagedFile is one file to stage.
type StagedFile struct {
	File File   `json:"file"`
	To   string `json:"to"`
}

// Split deals the input out into chunks.
type Split struct {
	Inputs  []File `json:"inputs"`
	Exclude []File `json:"exclude,omitempty"`
	Into    string `json:"into"`
	// PerWorker is how many chunks there are for each live worker. Chunks is how
	// many there will be at the most; fewer where there are fewer targets.
	PerWorker int `json:"per_worker"`
	Chunks    int `json:"chunks"`
	// Canary is how many targets come first; CanaryChunks is how many of the
	// chunks, the first ones, hold them at the most: one a worker.
	Canary       spec.Limit `json:"canary,omitzero"`
	CanaryChunks int        `json:"canary_chunks,omitempty"`
	// Limit says which part of the input is scanned.
	Limit Limit `json:"limit,omitzero"`
	// Targets counts the lines to be scanned, Excluded those left out, and All the
	// targets that there would be without Limit, 0 where there is none; all are
	// meaningless unless Counted.
	Counted  bool  `json:"counted"`
	All      int64 `json:"all,omitempty"`
	Targets  int64 `json:"targets,omitempty"`
	Excluded int64 `json:"excluded,omitempty"`
	// Rerun is what is taken over of an earlier run, in a chunk of its own that is
	// done already; nil where nothing is.
	Rerun *Rerun `json:"rerun,omitempty"`
}

// Rerun says that only some targets of an earlier run are scanned again; the
// outcomes of the others stay.
type Rerun struct {
	// Run is the earlier one.
	Run string `json:"run"`
	// Again are the outcomes and reasons of the targets that are scanned again, in
	// the words of past.Select; those without an outcome are, too.
	Again []string `json:"again"`
	// Stay counts those that are not.
	Stay int64 `json:"stay"`
}

// Launch starts the workers side by side. Worker i of the live ones gets
// chunk i first; Command gives the exact commands.
type Launch struct {
	Workers []Worker `json:"workers"`
	// Args is the worker's command line but for ChunkFile.
	Args job.Args `json:"args"`
	// Env is the environment of every worker process, as key=value, SSHOPTS
	// included, without what job.EnvFile names.
	Env []string `json:"env"`
	// Secrets are variables beside those, of workers and of the script, whose values
	// are in no plan.
	Secrets []Secret `json:"secrets,omitempty"`
	// Bin is the binary to run, a path or BinPlaceholder; where Deploy is
	// "never", worker hosts have a scanslave of their own in their PATH.
	Bin    string `json:"bin"`
	Deploy string `json:"deploy"`
	// Via is ViaScreen or ViaProcess: what worker hosts run their worker in.
	Via string `json:"via"`
	// Attach starts them one after the other instead, each attached to the terminal
	// of who starts the scan until that one detaches.
	Attach bool `json:"attach,omitempty"`
}

// Attaches tells that workers are attached to the terminal of who starts the scan.
func (p Plan) Attaches() bool {
	for _, step := range p.Steps {
		if launch, ok := step.(Launch); ok {
			return launch.Attach
		}
	}
	return false
}

// Wait waits for the .done file of every chunk. Who is free takes the next one,
// or one that a lost worker has left.
type Wait struct {
	Prefix string `json:"prefix"`
	// Count is how many chunks there are at the most.
	Count int           `json:"count"`
	Poll  time.Duration `json:"poll"`
	// OnWorkerLost is spec.LostRedeal or spec.LostFail. Retries is how many
	// workers may be lost with a chunk before it is left.
	OnWorkerLost string `json:"on_worker_lost"`
	Retries      int    `json:"retries"`
	// MaxFail is how many of those begun may fail for one reason.
	MaxFail spec.Percent `json:"max_fail,omitzero"`
}

// Aggregate runs the aggregator hook in the folder of the chunks.
type Aggregate struct {
	Hook File     `json:"hook"`
	Args []string `json:"args"`
	Dir  string   `json:"dir"`
}

// Merge is the built-in aggregator: it makes PREFIX/final.
type Merge struct {
	Into string `json:"into"`
}

func (Pre) Kind() string       { return "pre" }
func (Check) Kind() string     { return "check" }
func (Probe) Kind() string     { return "probe" }
func (Clear) Kind() string     { return "clear" }
func (Agent) Kind() string     { return "agent" }
func (Stage) Kind() string     { return "stage" }
func (Split) Kind() string     { return "split" }
func (Launch) Kind() string    { return "launch" }
func (Wait) Kind() string      { return "wait" }
func (Aggregate) Kind() string { return "aggregate" }
func (Merge) Kind() string     { return "merge" }

func (Pre) step()       {}
func (Check) step()     {}
func (Probe) step()     {}
func (Clear) step()     {}
func (Agent) step()     {}
func (Stage) step()     {}
func (Split) step()     {}
func (Launch) step()    {}
func (Wait) step()      {}
func (Aggregate) step() {}
func (Merge) step()     {}

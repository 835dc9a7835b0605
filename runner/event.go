package runner

import (
	"time"

	"scanmaster/runner/plan"
	"scanmaster/runner/result"
)

// Reporter hears what happens, in order, one event at a time.
type Reporter interface {
	Report(Event)
}

// Event is something that happened. The set is sealed; Kind is its word in
// JSON lines.
type Event interface {
	Kind() string
	event()
}

// StepStarted tells that step Number of Of has begun.
type StepStarted struct {
	Number int       `json:"number"`
	Of     int       `json:"of"`
	Step   plan.Step `json:"-"`
	Name   string    `json:"step"`
}

// StepDone tells that a step is done, and what came of it in a few words.
type StepDone struct {
	Number int           `json:"number"`
	Name   string        `json:"step"`
	Took   time.Duration `json:"took_ns"`
	Detail string        `json:"detail,omitempty"`
}

// WorkerAttached tells that the terminal is about to be handed over to a worker.
type WorkerAttached struct {
	Worker string `json:"worker"`
	Chunk  string `json:"chunk"`
}

// WorkerStarted tells that a worker works on its chunk. Already tells that an
// earlier master has started it; Unsure says why it can't be asked, where it may
// work or not: its heartbeat is watched for Lease then.
type WorkerStarted struct {
	Worker  string `json:"worker"`
	Chunk   string `json:"chunk"`
	Lines   int64  `json:"lines"`
	Already bool   `json:"already,omitempty"`

	Unsure string        `json:"unsure,omitempty"`
	Lease  time.Duration `json:"lease_ns,omitempty"`
}

// Resumed tells that a run goes on that an earlier master has begun, and how
// many of its chunks are done.
type Resumed struct {
	Run    string `json:"run"`
	Chunks int    `json:"chunks"`
	Done   int    `json:"done"`
}

// WorkerSkipped tells that a worker was left out, and why.
type WorkerSkipped struct {
	Worker string `json:"worker"`
	Reason string `json:"reason"`
}

// WorkerDone tells that a worker has left its .done file.
type WorkerDone struct {
	Worker string       `json:"worker"`
	Chunk  string       `json:"chunk"`
	Tally  result.Tally `json:"tally"`
}

// WorkerLost tells that a worker ended without a .done file, and why. Again
// tells that another one goes on with the chunk.
type WorkerLost struct {
	Worker string `json:"worker"`
	Chunk  string `json:"chunk"`
	Reason string `json:"reason"`
	Again  bool   `json:"again"`
}

// ChunkSplit tells that a worker has let go the last lines of its chunk, which
// now has Lines; the Freed ones are in new chunks for those that are idle.
type ChunkSplit struct {
	Worker string   `json:"worker"`
	Chunk  string   `json:"chunk"`
	Lines  int64    `json:"lines"`
	Freed  int64    `json:"freed"`
	Into   []string `json:"into"`
}

// CanaryPassed tells that the first targets of a scan are done, and fine, so that
// the others follow.
type CanaryPassed struct {
	Targets int64        `json:"targets"`
	Left    int64        `json:"left"`
	Tally   result.Tally `json:"tally"`
}

// GuardTripped tells that a guard stops the scan: its workers are ended.
type GuardTripped struct {
	*GuardError
}

// Ending tells that workers that are still at work are being ended: they begin
// nothing new, and what runs has Grace. Reason says why; Told tells that whoever
// has begun the run has told it to end, and may say so once more.
type Ending struct {
	Reason string        `json:"reason"`
	Told   bool          `json:"told,omitempty"`
	Grace  time.Duration `json:"grace_ns"`
}

// Progress tells how far the scan is. It comes at each change of Workers done
// and at the runner's progress interval. Workers counts the chunks, each of which
// is a worker's; Waiting those that nobody is at yet.
type Progress struct {
	WorkersDone int          `json:"workers_done"`
	Workers     int          `json:"workers"`
	Waiting     int          `json:"waiting,omitempty"`
	Done        int64        `json:"done"`
	Of          int64        `json:"of"`
	Tally       result.Tally `json:"tally"`
	// Crew has a row a worker, in the order of the plan: the chunk that it is at,
	// or was last; one that has had none is named alone. It comes with the first
	// Progress, at the interval, and with the last one, and is nil in those
	// between: with many chunks there are many of them.
	Crew []ChunkStatus `json:"crew,omitempty"`
}

// HookOutput is one line that a hook wrote, raw and without its end.
type HookOutput struct {
	Hook string `json:"hook"`
	Line string `json:"line"`
}

// HookFailed tells that a hook failed: one after a chunk tells Where, on which
// worker, and of which Chunk. Tail is the end of what it wrote, raw.
type HookFailed struct {
	Hook   string `json:"hook"`
	Where  string `json:"where,omitempty"`
	Chunk  string `json:"chunk,omitempty"`
	Reason string `json:"reason"`
	Tail   string `json:"tail,omitempty"`
}

// Warning is something that the user should know and that stops nothing.
type Warning struct {
	Text string `json:"text"`
}

// Finished is the last event of a scan that was carried out.
type Finished struct {
	Summary Summary `json:"summary"`
}

// Stopped is the last event of a scan that was stopped after its targets were
// counted, and tells what is known of them.
type Stopped struct {
	Reason  string  `json:"reason"`
	Summary Summary `json:"summary"`
}

func (StepStarted) Kind() string    { return "step_started" }
func (StepDone) Kind() string       { return "step_done" }
func (WorkerAttached) Kind() string { return "worker_attached" }
func (WorkerStarted) Kind() string  { return "worker_started" }
func (Resumed) Kind() string        { return "resumed" }
func (WorkerSkipped) Kind() string  { return "worker_skipped" }
func (WorkerDone) Kind() string     { return "worker_done" }
func (WorkerLost) Kind() string     { return "worker_lost" }
func (ChunkSplit) Kind() string     { return "chunk_split" }
func (CanaryPassed) Kind() string   { return "canary_passed" }
func (GuardTripped) Kind() string   { return "guard_tripped" }
func (Ending) Kind() string         { return "ending" }
func (Progress) Kind() string       { return "progress" }
func (HookOutput) Kind() string     { return "hook_output" }
func (HookFailed) Kind() string     { return "hook_failed" }
func (Warning) Kind() string        { return "warning" }
func (Finished) Kind() string       { return "finished" }
func (Stopped) Kind() string        { return "stopped" }

func (StepStarted) event()    {}
func (StepDone) event()       {}
func (WorkerAttached) event() {}
func (WorkerStarted) event()  {}
func (Resumed) event()        {}
func (WorkerSkipped) event()  {}
func (WorkerDone) event()     {}
func (WorkerLost) event()     {}
func (ChunkSplit) event()     {}
func (CanaryPassed) event()   {}
func (GuardTripped) event()   {}
func (Ending) event()         {}
func (Progress) event()       {}
func (HookOutput) event()     {}
func (HookFailed) event()     {}
func (Warning) event()        {}
func (Finished) event()       {}
func (Stopped) event()        {}

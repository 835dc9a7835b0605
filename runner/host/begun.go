package host

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"scanmaster/runner/job"
)

//go:embed processes.sh
var processesScript string

//go:embed begun.sh
var begunScript string

//go:embed alive.sh
var aliveScript string

// State is how far a worker is.
type State string

// The states of a worker.
const (
	// Starting: nothing is seen of it, or its process alone.
	Starting State = "starting"
	// Working: its process runs, and it has begun its chunk.
	Working State = "working"
	// Done: it has left .done. Whose that is, its content says.
	Done State = "done"
	// Ended: it is gone, and has not finished.
	Ended State = "ended"
)

// Sign is what is seen of a worker on its host.
type Sign struct {
	State State
	// Runs tells that its process was found, or the script that starts it.
	Runs bool
	// Folder is the name of the chunk's folder below PREFIX, WMIN.CHUNK;
	// empty until it is there.
	Folder string
	// Words is the end of what the worker has said, raw but in one line; empty
	// where it has said nothing, or the log isn't there.
	Words string
	// Apart tells that the scan's folder isn't there on the host.
	Apart bool
}

// paths are the names that a worker of a run goes by, as plan.Launch makes
// them.
func paths(layout job.Layout, chunk string) vars {
	suffix := layout.Run + "." + chunk
	return vars{
		"script":     ".cache/scanmaster/run." + suffix,
		"rc":         ".screenrc.scanslave." + suffix,
		"chunk":      chunk,
		"chunk_file": layout.Chunk(chunk),
		"prefix":     layout.Prefix(),
		"log":        layout.Log(chunk),
	}
}

// Begun looks for what a worker that was launched has come to, on its own host
// and so past all caches of the share. What stands in its log before from is of
// earlier workers.
func (h *Host) Begun(ctx context.Context, layout job.Layout, chunk string, from int64) (Sign, error) {
	v := paths(layout, chunk)
	v["from"] = strconv.FormatInt(from+1, 10) // tail counts from one
	a, err := h.ask(ctx, processesScript+begunScript, v)
	if err != nil {
		return Sign{}, err
	}
	s := Sign{Folder: a["folder"], Words: job.Words(a[wordsKey]), Runs: a.runs(), Apart: a.yes("apart")}
	if name, ok := job.ChunkOf(s.Folder); s.Folder != "" && (!ok || name != chunk) {
		return Sign{}, fmt.Errorf("%w: folder is %.80q", errAnswer, s.Folder)
	}
	switch {
	case a.yes("finished"):
		s.State = Done
	case !s.Runs:
		s.State = Ended
	case a.yes("slave"):
		s.State = Working
	default:
		s.State = Starting
	}
	return s, nil
}

// runs tells that the worker was found among the processes, or the script that
// starts it.
func (a answer) runs() bool { return a["pid"] != "" || a["starter"] != "" }

// Alive tells whether the worker's process runs on the host.
func (h *Host) Alive(ctx context.Context, layout job.Layout, chunk string) (bool, error) {
	a, err := h.ask(ctx, processesScript+aliveScript, paths(layout, chunk))
	return a.runs(), err
}

// ErrNoSession tells that there is no screen session to look into.
var ErrNoSession = errors.New("the worker has no screen session there: it has ended, or was launched as a process")

var number = regexp.MustCompile(`^[0-9]+$`)

// Session is the command line that shows the screen session of a worker on a
// terminal. The error is ErrNoSession where it has none.
func (h *Host) Session(ctx context.Context, layout job.Layout, chunk string) (string, error) {
	a, err := h.ask(ctx, processesScript+aliveScript, paths(layout, chunk))
	if err != nil {
		return "", err
	}
	if !number.MatchString(a["session"]) {
		return "", ErrNoSession
	}
	// The dot ends the number: names that merely begin with it are others.
	return inScreenDir(a["screen_dir"], "screen -x "+a["session"]+"."), nil
}

// inScreenDir has screen keep its sessions in a folder, if that isn't empty.
func inScreenDir(dir, line string) string {
	if dir == "" {
		return line
	}
	return "env SCREENDIR=" + job.Quote(dir) + " " + line
}

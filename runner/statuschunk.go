package runner

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/lock"
	"scanmaster/runner/plan"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
	"scanmaster/spec"
)

// ChunkState is how a chunk stands.
type ChunkState string

// The states of a chunk. A lost one has nobody who goes on with it.
const (
	ChunkWaits ChunkState = "waits"
	ChunkWorks ChunkState = "works"
	ChunkDone  ChunkState = "done"
	ChunkLost  ChunkState = "lost"
)

// The states that a master tells of its workers' chunks beside these, in Progress:
// the worker is being started; it has given no sign for a while; all targets have
// an outcome, and it comes to its end.
const (
	ChunkStarts ChunkState = "starts"
	ChunkQuiet  ChunkState = "quiet"
	ChunkEnds   ChunkState = "ends"
)

// ChunkStatus is how far a chunk is.
type ChunkStatus struct {
	Chunk string `json:"chunk"`
	// Worker works on it, or did last; empty where nobody has yet.
	Worker string     `json:"worker,omitempty"`
	State  ChunkState `json:"state"`
	// Since is when the worker that works on it began, and else the first one, by
	// the clock of whoever keeps the files; zero where none has, or where it isn't
	// known any more.
	Since time.Time `json:"since,omitzero"`
	// Lines counts its targets, Done those that have an outcome.
	Lines int64        `json:"lines"`
	Done  int64        `json:"done"`
	Tally result.Tally `json:"tally"`
	// Rate is how many targets the worker has done a second so far, and in a
	// Progress lately; 0 where that can't be told, or it has done none lately.
	Rate float64 `json:"rate,omitempty"`
	// Losses counts the workers that were lost with it, Lost says why the last
	// one is; empty where it isn't.
	Losses int    `json:"losses"`
	Lost   string `json:"lost,omitempty"`
	// Session tells that the worker is in a screen session on its host.
	Session bool `json:"session,omitempty"`
}

// count fills in how far all chunks are.
func (r *reader) count() error {
	if r.state.Summary != nil {
		return r.countSummary()
	}
	folders, err := foldersOf(r.prefix)
	if err != nil {
		return err
	}
	self, err := lock.Self("")
	if err != nil {
		return err
	}
	for _, c := range r.state.Chunks {
		chunk := r.chunk(c, folders[c.Name], place(self))
		r.status.Done += chunk.Done
		r.status.Tally.Merge(chunk.Tally.Counts)
		r.status.Chunks = append(r.status.Chunks, chunk)
	}
	return nil
}

// countSummary takes what was written down when all chunks were accounted for:
// the workers' folders may have been moved away since.
func (r *reader) countSummary() error {
	var sum Summary
	if err := json.Unmarshal(r.state.Summary, &sum); err != nil {
		return fmt.Errorf("%s: the summary: %w", r.folder.Path(journal.Name), err)
	}
	losses := make(map[string]int)
	for _, c := range r.state.Chunks {
		losses[c.Name] = c.Losses
	}
	s := &r.status
	s.Tally, s.Done, s.Missing, s.MissingFile = sum.Tally, sum.Tally.Total(), sum.Missing, sum.MissingFile
	for _, w := range sum.Workers {
		c := ChunkStatus{
			Chunk: w.Chunk, Worker: w.Worker, State: ChunkDone, Lines: w.Lines,
			Done: w.Tally.Total(), Tally: w.Tally, Losses: losses[w.Chunk], Lost: w.Lost,
		}
		if w.Lost != "" {
			c.State = ChunkLost
		}
		s.Chunks = append(s.Chunks, c)
	}
	return nil
}

// chunk says how far one chunk is, whose worker's folder is named.
func (r *reader) chunk(c journal.Chunk, folder, here string) ChunkStatus {
	s := ChunkStatus{Chunk: c.Name, Worker: c.Worker, State: ChunkWaits, Lines: c.End, Losses: c.Losses, Lost: c.Lost}
	if c.Done && c.Folder != "" {
		folder = c.Folder
	}
	done := r.readWork(&s, c, folder)
	switch {
	case c.Done || done:
		s.State, s.Lost = ChunkDone, ""
		if !done {
			s.Done = s.Lines // a classic worker's, or moved away
		}
	case c.Lost != "" && r.lostForGood(c):
		s.State = ChunkLost
	case c.Worker == "" || c.Lost != "":
	case r.status.Phase == PhaseDead && c.Place == here && !r.works(c.Name):
		s.State, s.Lost = ChunkLost, "its process is gone"
	default:
		s.State, s.Session = ChunkWorks, r.inScreen(c.Worker)
	}
	if s.State != ChunkWorks {
		s.Rate = 0
	}
	return s
}

// readWork reads what a worker has left in its folder, and tells whether it has
// finished.
func (r *reader) readWork(s *ChunkStatus, c journal.Chunk, folder string) bool {
	if folder == "" {
		return false
	}
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return false // not there, or not any more
	}
	defer dir.Close()
	s.Since = since(dir)
	if data, err := dir.ReadFile(job.Done); err == nil {
		mark, ok := job.ParseDone(data)
		if ok && mark.Run == r.layout.Run && mark.Chunk == c.Name && result.IsTally(mark.Counts) {
			s.Done, s.Tally.Counts = mark.Outcomes, mark.Counts
			return true
		}
	}
	mark, ok := progressIn(dir, r.layout.Run)
	if !ok || !result.IsTally(mark.Counts) {
		return false
	}
	s.Tally.Counts = mark.Counts
	s.Done = s.Tally.Total()
	if c.Starts == 1 {
		s.Rate = rate(dir, s.Done)
	}
	return false
}

// since is when the worker of a folder began: each leaves its host's name there,
// and takes it away at its end, while the first one's start stays.
func since(dir *share.Dir) time.Time {
	if begun := changed(dir, job.Slave); !begun.IsZero() {
		return begun
	}
	return changed(dir, job.Started)
}

// rate is how many targets a worker has done a second. Both times are the file
// server's, and so of one clock. A worker that goes on with what another has
// left counts that one's, too, and has none.
func rate(dir *share.Dir, done int64) float64 {
	begun, errBegun := dir.Lstat(job.Slave)
	last, errLast := dir.Lstat(job.Progress)
	if errors.Join(errBegun, errLast) != nil {
		return 0
	}
	took := last.ModTime().Sub(begun.ModTime())
	if took < time.Second {
		return 0
	}
	return float64(done) / took.Seconds()
}

// lostForGood tells that nobody goes on with a chunk whose worker is lost.
func (r *reader) lostForGood(c journal.Chunk) bool {
	wait := findStep[plan.Wait](r.plan)
	return wait.OnWorkerLost == spec.LostFail || c.Losses > wait.Retries
}

// works tells whether the worker of a chunk lives, which was started on this
// machine by a master that is gone: it holds the lock on its log.
func (r *reader) works(chunk string) bool {
	locked, err := isHeld(r.folder, job.LogPrefix+chunk)
	return locked || err != nil
}

// inScreen tells that a worker has a session that can be attached to.
func (r *reader) inScreen(worker string) bool {
	if launchOf(r.plan).Via != plan.ViaScreen {
		return false
	}
	for _, w := range launchOf(r.plan).Workers {
		if w.Name == worker {
			return !w.Local
		}
	}
	return false
}

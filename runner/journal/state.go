package journal

import (
	"encoding/json"
	"fmt"
	"time"
)

// State is what a journal amounts to.
type State struct {
	// Masters counts those that have been at the run. Began is when the first
	// one did, Ended when the run was over, each by that master's clock.
	Masters      int
	Began, Ended time.Time
	// Dealt tells that all chunks of the split are there: from then on a run
	// can be taken up. Targets counts their lines, Excluded those left out.
	Dealt             bool
	Targets, Excluded int64
	// Chunks are all chunks, in the order in which they were made.
	Chunks []Chunk
	// Job is the number of the job file that knows them all, and what each worker's
	// share of the ceiling of new connections is; 0 is the first one.
	Job int
	// Steps are the steps that are done.
	Steps map[string]bool
	// Summary is what was written down last of those after which all chunks were
	// accounted for.
	Summary json.RawMessage
	// Guarded says why a guard has stopped the run; empty where none has, or
	// another master is at the run since.
	Guarded string
	// GuardedAs is the verdict on a run that a guard has stopped.
	GuardedAs string
	// Finished tells that the run is over, and Verdict what came of it.
	Finished bool
	Verdict  string
}

// Chunk is how far a chunk is.
type Chunk struct {
	Name  string
	Lines int64
	// First is the number of its first line in the list that was dealt out, from 1.
	First int64
	// SHA256 is the digest of the chunk's file as it is now.
	SHA256 string
	// End is how many of the lines are its own; the others have gone to later
	// chunks.
	End int64
	// Worker is who was started on it last, in Place where that is the master's
	// machine; empty where nobody was. Lost says why that one is gone; empty where
	// it isn't known to be.
	Worker string
	Place  string
	Lost   string
	// Apart is its folder on its host where that doesn't see the shared one.
	Apart string
	// Classic tells that this worker is one of the classic suite.
	Classic bool
	// Canary tells that the chunk is one of those that come first.
	Canary bool
	// Starts counts the workers that were started on it, Losses those that were
	// lost with it.
	Starts, Losses int
	// Done tells that a worker has finished it, in Folder below PREFIX.
	Done   bool
	Folder string
}

// add lets one entry happen.
func (s *State) add(e Entry) error {
	switch e.Kind {
	case KindMaster:
		if s.Masters++; s.Masters == 1 {
			s.Began = e.At
		}
		s.Guarded, s.GuardedAs = "", ""
		return nil
	case KindChunk:
		s.fresh(Piece{e.Chunk, e.Lines, e.SHA256}, s.dealt()+1, e.Canary)
		return nil
	case KindGuarded:
		s.Guarded, s.GuardedAs = e.Reason, e.Verdict
		return nil
	case KindShrunk:
		return s.shrink(e)
	case KindShared:
		s.Job = e.Job
		return nil
	case KindDealt:
		s.Dealt, s.Targets, s.Excluded = true, e.Targets, e.Excluded
		return nil
	case KindStep:
		if s.Steps == nil {
			s.Steps = make(map[string]bool)
		}
		s.Steps[e.Step] = true
		if e.Summary != nil {
			s.Summary = e.Summary
		}
		return nil
	case KindFinished:
		s.Finished, s.Verdict, s.Ended = true, e.Verdict, e.At
		return nil
	case KindReopened:
		s.Finished, s.Verdict, s.Ended, s.Steps, s.Summary = false, "", time.Time{}, nil, nil
		for i := range s.Chunks {
			s.Chunks[i].Losses = 0 // each has all its tries again
		}
		return nil
	}
	return s.chunk(e)
}

// chunk lets something happen to a chunk.
func (s *State) chunk(e Entry) error {
	c := s.named(e.Chunk)
	if c == nil {
		return fmt.Errorf("%s: there is no chunk %q", e.Kind, e.Chunk)
	}
	switch e.Kind {
	case KindStarted:
		c.Worker, c.Place, c.Apart, c.Classic, c.Lost = e.Worker, e.Place, e.Apart, e.Classic, ""
		c.Starts++
	case KindFetched:
		if c.Apart == e.Apart {
			c.Apart = ""
		}
	case KindDone:
		c.Done, c.Folder, c.Lost = true, e.Folder, ""
	case KindLost:
		c.Lost = e.Reason
		c.Losses++
	default:
		return fmt.Errorf("an entry of another version: %q", e.Kind)
	}
	return nil
}

// fresh adds a chunk, which begins at a line of the list.
func (s *State) fresh(p Piece, first int64, canary bool) {
	s.Chunks = append(s.Chunks, Chunk{Name: p.Chunk, Lines: p.Lines, First: first, End: p.Lines, SHA256: p.SHA256, Canary: canary})
}

// dealt counts the lines of all chunks.
func (s *State) dealt() int64 {
	var n int64
	for _, c := range s.Chunks {
		n += c.End
	}
	return n
}

// shrink makes a chunk shorter, and others of what stood behind.
func (s *State) shrink(e Entry) error {
	c := s.named(e.Chunk)
	if c == nil {
		return fmt.Errorf("%s: there is no chunk %q", e.Kind, e.Chunk)
	}
	left := c.End - e.Lines
	for _, p := range e.Into {
		left -= p.Lines
	}
	if left != 0 || e.Lines < 1 {
		return fmt.Errorf("%s: chunk %s of %d lines can't end at %d, with %d chunks for the rest", e.Kind, e.Chunk, c.End, e.Lines, len(e.Into))
	}
	c.End, c.SHA256, s.Job = e.Lines, e.SHA256, e.Job
	first, canary := c.First+e.Lines, c.Canary
	for _, p := range e.Into {
		s.fresh(p, first, canary) // c is not good any more
		first += p.Lines
	}
	return nil
}

func (s *State) named(name string) *Chunk {
	for i := range s.Chunks {
		if s.Chunks[i].Name == name {
			return &s.Chunks[i]
		}
	}
	return nil
}

package past

import (
	"errors"
	"io/fs"
	"time"

	"scanmaster/runner/journal"
)

// Span is the time that a worker had a chunk in hand. Texts may hold anything.
type Span struct {
	Chunk, Worker string
	// Lines counts the chunk's targets when the worker was started on it.
	Lines int64
	// From is when it was started; To is when it was seen to be done, or lost, and
	// zero while it is neither. Both are by the clock of the master of that time.
	From, To time.Time
	// Done tells that it has finished the chunk; Lost says why it is gone.
	Done bool
	Lost string
	// Again tells that another worker had been started on the chunk before.
	Again bool
	// Cuts are when targets of the chunk were given to others.
	Cuts []time.Time
}

// Spans gives what each worker had in hand, and when, in the order in which they
// were started. There are none of a run that a classic master has started, which
// writes no times down, or whose journal is gone.
func (r *Run) Spans() ([]Span, error) {
	if r.hidden == nil {
		return nil, nil
	}
	entries, err := journal.Entries(r.hidden)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s := spans{lines: make(map[string]int64), last: make(map[string]int)}
	for _, e := range entries {
		s.add(e)
	}
	return s.all, nil
}

// spans are made of the entries of a journal.
type spans struct {
	all   []Span
	lines map[string]int64
	last  map[string]int // which of all a chunk's last one is
}

func (s *spans) add(e journal.Entry) {
	now := s.open(e.Chunk)
	switch e.Kind {
	case journal.KindChunk:
		s.lines[e.Chunk] = e.Lines
	case journal.KindStarted:
		if now != nil {
			now.To, now.Lost = e.At, "another one was started on its chunk"
		}
		_, again := s.last[e.Chunk]
		s.last[e.Chunk] = len(s.all)
		s.all = append(s.all, Span{Chunk: e.Chunk, Worker: e.Worker, Lines: s.lines[e.Chunk], From: e.At, Again: again})
	case journal.KindShrunk:
		s.lines[e.Chunk] = e.Lines
		for _, p := range e.Into {
			s.lines[p.Chunk] = p.Lines
		}
		if now != nil {
			now.Cuts = append(now.Cuts, e.At)
		}
	case journal.KindDone:
		if now != nil {
			now.To, now.Done = e.At, true
		}
	case journal.KindLost:
		if now != nil {
			now.To, now.Lost = e.At, e.Reason
		}
	case journal.KindFinished:
		for i := range s.all {
			if s.all[i].To.IsZero() {
				s.all[i].To = e.At // nobody waits for it any more
			}
		}
	}
}

// open is the span of a chunk that has not come to its end; nil where there is none.
func (s *spans) open(chunk string) *Span {
	i, ok := s.last[chunk]
	if !ok || !s.all[i].To.IsZero() {
		return nil
	}
	return &s.all[i]
}

// Package rerun takes over what came of the targets of an earlier run that are not
// scanned again: they become a chunk of the new run, with all that a worker leaves,
// so that whoever reads the results finds every target of the list in one run.
package rerun

import (
	"context"
	"fmt"
	"io"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/past"
)

// Source is an earlier run, and what of it is scanned again: the targets that Again
// takes, and all that have no outcome. The others stay as they are.
type Source struct {
	Run   *past.Run
	Again past.Selection
}

// GoneError tells that what came of targets which are not scanned again is not there
// any more, so that it can't be taken over.
type GoneError struct {
	Run     string
	Targets int64
}

// Error says of how many.
func (e *GoneError) Error() string {
	return fmt.Sprintf("what came of %s targets of run %s is not there any more: an aggregator or somebody else has moved it away, or changed it",
		humanize.Comma(e.Targets), e.Run)
}

// stays tells that a target's outcome is taken over.
func (s Source) stays(t past.Target) bool { return t.Lack == past.LackNone && !s.Again.Takes(t) }

// Lines writes the lines of all targets that are scanned again, in the order of the
// list, and counts them and those that stay. The error is a *GoneError where what
// came of targets that would stay is gone.
func (s Source) Lines(ctx context.Context, again io.Writer) (scanned, stay int64, err error) {
	var gone int64
	for t, err := range s.Run.All(ctx) {
		if err != nil {
			return 0, 0, err
		}
		switch {
		case s.stays(t):
			stay++
			continue
		case t.Lack == past.LackGone && !s.Again.Takes(t):
			gone++
		}
		scanned++
		if _, err := io.WriteString(again, t.Text+"\n"); err != nil {
			return 0, 0, err
		}
	}
	if left := s.Run.Targets - scanned - stay; left > 0 {
		gone += left // their list is gone, too
	}
	if gone > 0 {
		return 0, 0, &GoneError{Run: s.Run.ID, Targets: gone}
	}
	return scanned, stay, nil
}

// Staying writes the lines of all targets whose outcomes are taken over.
func (s Source) Staying(ctx context.Context, to io.Writer) error {
	for t, err := range s.Run.All(ctx) {
		if err == nil && s.stays(t) {
			_, err = io.WriteString(to, t.Text+"\n")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

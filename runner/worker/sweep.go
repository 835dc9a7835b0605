package worker

import (
	"context"
	"errors"
	"io"
	"math"

	"scanmaster/runner/chunk"
	"scanmaster/runner/result"
)

// Ledger keeps what comes of targets, as result.Ledger does. It is safe for
// concurrent use. An error ends the work.
type Ledger interface {
	// Has reports whether a target has its outcome.
	Has(line int64) bool
	// Checked notes that a target was taken in hand.
	Checked(t chunk.Target) error
	// Attempt notes that the script is about to be sent to a target.
	Attempt(t chunk.Target) error
	// AttemptSynced is Attempt where no power loss may make that unknown.
	AttemptSynced(t chunk.Target) error
	// Outcome keeps what came of a target, and gives it as it was kept. Output is
	// what the script wrote; it may be nil.
	Outcome(o result.Outcome, t chunk.Target, output io.Reader) (result.Outcome, error)
}

// Sweep is a list of targets that is no chunk of a scan.
type Sweep struct {
	// Targets are tried in their order, as many at a time as Args.Jobs says.
	Targets *chunk.Reader
	// Script is what runs on them; Ledger keeps what comes of that.
	Script []byte
	Ledger Ledger
	Keys   KeysPlace
	// Console is where the user sits who may have to answer the script; nil where
	// it gets no answers. Only one target is tried at a time with it.
	Console Console
}

// Sweep brings the targets of a list to their outcomes. Of the arguments those
// count that say how targets are gone about: Auth, Attended, Jobs and Passthrough.
// The errors are as those of Run.
func (c Config) Sweep(ctx context.Context, s Sweep) error {
	through, err := c.checkManners()
	if err != nil {
		return err
	}
	if s.Console != nil {
		c.Args.Jobs = 1
	}
	a, err := c.access(ctx, through, s.Keys)
	if err != nil {
		return err
	}
	p := c.newPipeline(a)
	p.ledger, p.targets, p.script, p.console = s.Ledger, s.Targets, s.Script, s.Console
	p.lease, p.limit = newLease(0, nil, nil), newLimit(math.MaxInt64, 0)
	p.ends = c.newEnds(ctx)
	defer p.ends.close()
	return errors.Join(p.run(), a.close())
}

package result

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// replay is what a record amounts to, read from its beginning.
type replay struct {
	header   Header
	seen     Seen
	tally    Tally
	inFlight map[int64]Attempt
	// ends says how much of each classic file the outcomes claim, in bytes.
	ends map[string]int64
	// recent are the outcomes that the record doesn't call safe yet.
	recent []claim
	torn   *TornError
}

// claim is what an outcome says of a classic file.
type claim struct {
	file           string
	offset, length int64
	sum            uint32
	at             int64 // where the record says so
}

// errNoHeader is what an empty record, or one torn in its first line, gives.
var errNoHeader = errors.New("the record has no header")

func newReplay() *replay {
	return &replay{inFlight: make(map[int64]Attempt), ends: make(map[string]int64)}
}

// Outcomes gives the outcomes of a record in its order, checked as Audit
// checks them: each target's first, each beginning in its classic file where
// the one before ended. It ends with the first error, a *TornError where the
// record is torn.
func Outcomes(record io.Reader) iter.Seq2[Outcome, error] {
	return func(yield func(Outcome, error) bool) {
		p := newReplay()
		for e, err := range Read(record) {
			if err == nil {
				err = p.add(e)
			}
			if err == nil && e.Kind != KindOutcome {
				continue
			}
			if !yield(e.Outcome, err) || err != nil {
				return
			}
		}
	}
}

// play reads a record to its end or to where it is torn. The error is r's
// own, or tells of a record that contradicts itself.
func play(r io.Reader) (*replay, error) {
	p := newReplay()
	for e, err := range Read(r) {
		if errors.As(err, &p.torn) {
			break
		}
		if err == nil {
			err = p.add(e)
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *replay) add(e Entry) error {
	if first := e.Offset == 0; first != (e.Kind == KindHeader) {
		return fmt.Errorf("line at byte %d: the header, and nothing else, comes first", e.Offset)
	}
	switch e.Kind {
	case KindHeader:
		p.header = e.Header
	case KindAttempt:
		if p.seen.Has(e.Attempt.Line) {
			return fmt.Errorf("line at byte %d: target %d tried after its outcome", e.Offset, e.Attempt.Line)
		}
		p.inFlight[e.Attempt.Line] = e.Attempt
	case KindOutcome:
		return p.outcome(e.Outcome, e.Offset)
	case KindSynced:
		p.recent = slices.DeleteFunc(p.recent, func(c claim) bool { return c.at < e.Synced.Bytes })
	}
	return nil
}

func (p *replay) outcome(o Outcome, at int64) error {
	key := o.Key()
	switch {
	case !p.seen.Add(o.Line):
		return fmt.Errorf("line at byte %d: target %d has two outcomes", at, o.Line)
	case !o.hasFile() || o.File != FilePrefix+key:
		return fmt.Errorf("line at byte %d: no outcome is kept as %q in %q", at, key, o.File)
	case o.Offset != p.ends[o.File] || o.Length < 1:
		return fmt.Errorf("line at byte %d: %d bytes at %d of %s, which ends at %d",
			at, o.Length, o.Offset, o.File, p.ends[o.File])
	}
	delete(p.inFlight, o.Line)
	p.ends[o.File] += o.Length
	p.tally.Add(key)
	p.recent = append(p.recent, claim{o.File, o.Offset, o.Length, o.Sum, at})
	return nil
}

package result

import (
	"errors"
	"fmt"
	"io"
	"time"

	"scanmaster/runner/chunk"
)

// Checked notes in hosts_checked that a target was taken in hand.
func (l *Ledger) Checked(t chunk.Target) error {
	a, err := l.classic(checkedName)
	if err != nil {
		return err
	}
	if err := a.add([]byte(t.Text + "\n")); err != nil {
		return l.fail(err)
	}
	l.touch()
	return nil
}

// Attempt notes that the script is about to be sent to a target. It must
// return before the first byte is sent. A line may be tried more than once,
// but not after its outcome.
func (l *Ledger) Attempt(t chunk.Target) error {
	if err := l.open(t.Line); err != nil {
		return err
	}
	buf := getLine()
	defer buf.free()
	b, err := buf.attempt(Attempt{Line: t.Line, Host: t.Host})
	if err != nil {
		return err
	}
	if err := l.record.add(b); err != nil {
		return l.fail(err)
	}
	l.touch()
	return nil
}

// AttemptSynced is Attempt for scripts that must never run twice: when it
// returns, the attempt is on the disk, and so is every outcome before it, so
// that not even a power loss makes anybody think that the target was never
// tried. It costs a sync, which all share who wait for one.
func (l *Ledger) AttemptSynced(t chunk.Target) error {
	if err := l.Attempt(t); err != nil {
		return err
	}
	return l.syncTo(l.record.length())
}

// ReportLost gives targets that were in flight when their worker died the
// outcome that nobody knows what came of them.
func (l *Ledger) ReportLost(targets []chunk.Target, at time.Time) error {
	for _, t := range targets {
		if err := l.Checked(t); err != nil {
			return err
		}
		o := Outcome{
			Line: t.Line, Host: t.Host, Class: Unknown, Phase: PhaseRun, Reason: ReasonLost, Start: at,
			Detail: "the worker died while the script was on its way: it may have run",
		}
		if t.IP != t.Host {
			o.IP = t.IP
		}
		if _, err := l.Outcome(o, t, nil); err != nil {
			return err
		}
	}
	return nil
}

// Outcome keeps what came of a target, in its classic file and in the record,
// and gives it as it was recorded: texts capped at 16 KiB, File, Offset and
// Length filled in. Output is what the script wrote, kept for OK and Exit; it
// is streamed, and may be nil. A line has one outcome; a second is an error.
// Where output can't be read, nothing is kept and the line may be given
// another outcome; where the files can't be written, the ledger takes nothing
// any more.
func (l *Ledger) Outcome(o Outcome, t chunk.Target, output io.Reader) (Outcome, error) {
	if err := o.check(t); err != nil {
		return o, err
	}
	if err := l.take(t.Line); err != nil {
		return o, err
	}
	o, err := l.keep(o.capped(), t, output)
	if err != nil {
		l.settle(t.Line, "")
		return o, err
	}
	l.settle(t.Line, o.Key())
	l.touch()
	return o, nil
}

func (o Outcome) check(t chunk.Target) error {
	if o.Line != t.Line {
		return fmt.Errorf("outcome of line %d for line %d", o.Line, t.Line)
	}
	if !o.hasFile() {
		return fmt.Errorf("no results are kept for class %q, status %d", o.Class, o.Status)
	}
	return nil
}

// keep writes the classic file and the record. The classic file is held until
// the record is written, so that both have the same order and a crash leaves
// at most the end of the file without a record.
func (l *Ledger) keep(o Outcome, t chunk.Target, output io.Reader) (Outcome, error) {
	o.File = FilePrefix + o.Key()
	a, err := l.classic(o.File)
	if err != nil {
		return o, err
	}
	e := &classicEntry{file: a}
	defer e.unlock()
	if err := e.write(o, t, output); err != nil {
		err = errors.Join(err, e.rollback())
		if e.broken {
			err = l.fail(err)
		}
		return o, err
	}
	if err := l.broken(); err != nil {
		return o, errors.Join(err, e.rollback())
	}
	o.Offset, o.Length, o.Sum = a.size, a.end-a.size, e.sum
	buf := getLine()
	defer buf.free()
	b, err := buf.outcome(o)
	if err == nil {
		err = l.record.add(b)
	}
	if err != nil {
		return o, l.fail(errors.Join(err, e.rollback()))
	}
	a.commit()
	return o, nil
}

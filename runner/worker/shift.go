package worker

import (
	"context"
	"errors"
	"fmt"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// shift is a worker's time over its chunk, from the ledger to .done.
type shift struct {
	Config
	src    *source
	shared *shared
	ledger *result.Ledger
	ends   *ends
	lease  *lease
	limit  *limit
}

// shift goes through the chunk, and closes the access to the targets.
func (c Config) shift(ctx context.Context, src *source, s *shared, a *access) (job.DoneMark, error) {
	mark := job.DoneMark{Run: c.run(), Chunk: c.chunk(), Host: c.Host, Lines: src.lines}
	ledger, left, err := c.begin(s, src)
	if err != nil {
		return mark, errors.Join(err, a.close())
	}
	w := &shift{Config: c, src: src, shared: s, ledger: ledger, ends: c.newEnds(ctx)}
	w.limit = newLimit(src.lines, left.Last())
	defer w.ends.close()
	w.lease = newLease(c.leaseLength(), c.newProgress(s, ledger, w.limit).renew, w.taken)
	w.lease.master = newWatch(c.masterLease(), func() ([]byte, error) { return s.masterSign(c.run()) }, c.Log, w.ends.stopTaking)
	w.lease.start()
	err = w.work(a, left, &mark)
	// A key that was accepted and not recorded would be new again the next
	// time: then the chunk is not done.
	if err = errors.Join(err, a.close()); err != nil {
		w.lease.close(true)
		return mark, err
	}
	return mark, w.finish(mark)
}

// taken ends it all where it is.
func (w *shift) taken(why error) {
	w.ledger.Break(why)
	w.ends.stop(why)
}

// work brings the targets to their outcomes, and runs the post-chunk hook.
func (w *shift) work(a *access, left result.Recovered, mark *job.DoneMark) error {
	err := w.targets(a, left)
	if err == nil {
		err = w.shorten(mark)
	}
	mark.Outcomes, mark.Counts = w.ledger.Lines(), w.ledger.Tally().Counts
	if closing := w.ledger.Close(); err == nil || !errors.Is(closing, err) {
		err = errors.Join(err, closing)
	}
	if err == nil {
		err = w.lease.held(w.ends.finishing)
	}
	if err != nil {
		return err
	}
	w.postChunk(w.ends.finishing, w.src, w.shared, mark)
	return context.Cause(w.ends.finishing)
}

// targets goes through what the record lacks.
func (w *shift) targets(a *access, left result.Recovered) error {
	if n := left.Done.Count(); n > 0 || len(left.InFlight) > 0 {
		w.Log("goes on in %s: %d of %d targets are done, %d were in flight", w.shared.prefix.Path(w.shared.folder), n, w.src.lines, len(left.InFlight))
	}
	if left.Torn != nil {
		w.Log("the record was %v; %d bytes were cut off", left.Torn, left.Cut)
	}
	if err := w.lease.held(w.ends.taking); err != nil {
		return err
	}
	if w.reports() {
		if err := w.ledger.ReportLost(left.Lost, w.Now()); err != nil {
			return err
		}
	}
	list, err := w.src.list()
	if err != nil {
		return err
	}
	p := w.newPipeline(a)
	p.ledger, p.targets, p.script, p.lease, p.limit, p.ends = w.ledger, list, w.withSecrets(w.src.script), w.lease, w.limit, w.ends
	w.lease.master.start()
	err = p.run()
	w.lease.master.close()
	return w.alone(err)
}

// alone says what a worker whose master is lost amounts to. One whose targets
// all have an outcome needs no master for the rest.
func (w *shift) alone(err error) error {
	if !errors.Is(err, errMasterLost) {
		return err
	}
	if _, end := w.limit.now(); w.ledger.Lines() >= end {
		w.Log("all targets have an outcome: the chunk is finished without the master")
		return nil
	}
	return fmt.Errorf("%w; this worker stops, and scanmaster resume %s goes on", err, w.Args.Name)
}

// finish leaves .done, after everything else is on the disk, and only while
// the chunk is this worker's.
func (w *shift) finish(mark job.DoneMark) error {
	err := w.lease.confirm(w.ends.finishing)
	if err == nil {
		err = w.conclude(w.shared.work)
	}
	w.lease.close(err != nil)
	if err != nil {
		return err
	}
	// Once more, with nothing in between: a renewal may have hung.
	if err := w.lease.still(w.shared.check); err != nil {
		return err
	}
	return w.leaveDone(w.shared.work, mark)
}

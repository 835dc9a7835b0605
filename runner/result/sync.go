package result

import (
	"errors"
	"time"
)

// keepSynced syncs when something was written, and then not again for a
// while. It ends with Close.
func (l *Ledger) keepSynced() {
	defer close(l.done)
	for {
		select {
		case <-l.stop:
			return
		case <-l.wake:
		}
		if l.Sync() != nil {
			return // the ledger is broken
		}
		select {
		case <-l.stop:
			return
		case <-time.After(syncEvery):
		}
	}
}

// touch has what was written synced soon.
func (l *Ledger) touch() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Sync hands all that was taken so far to the disk. An error breaks the
// ledger: what the disk did not take is not known.
func (l *Ledger) Sync() error {
	l.mu.Lock()
	files, fresh := l.all(), l.fresh
	l.fresh = false
	l.mu.Unlock()
	var errs []error
	// The record comes last, since it points into the others.
	for _, a := range files {
		errs = append(errs, a.sync())
	}
	if fresh {
		errs = append(errs, l.out.Sync(), l.work.Sync())
	}
	return l.fail(errors.Join(errs...))
}

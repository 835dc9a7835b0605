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
	l.syncing.Lock()
	defer l.syncing.Unlock()
	return l.sync()
}

// syncTo returns when so many bytes of the record are on the disk, with all
// that they point to. One sync serves all who wait while another is under way.
func (l *Ledger) syncTo(end int64) error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if l.safe >= end {
		return nil
	}
	return errors.Join(l.sync(), l.broken())
}

// sync is Sync for who holds syncing.
func (l *Ledger) sync() error {
	// First how long the record is, then which files it may point into.
	synced := Synced{Bytes: l.record.length()}
	files, fresh := l.unsynced()
	if len(files) == 0 && !fresh && synced.Bytes == l.marked {
		return nil
	}
	var errs []error
	for _, a := range files {
		errs = append(errs, a.sync())
	}
	if fresh {
		errs = append(errs, l.out.Sync(), l.work.Sync())
	}
	err := errors.Join(errs...)
	// A ledger that is broken may have lost what no later sync brings back.
	if err != nil || l.broken() != nil {
		return l.fail(errors.Join(err, l.record.sync()))
	}
	if err := l.mark(synced); err != nil {
		return l.fail(err)
	}
	l.safe = synced.Bytes
	return nil
}

// unsynced gives the classic files that hold more than the disk, and whether
// one was made since the last call.
func (l *Ledger) unsynced() (files []*appender, fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fresh, l.fresh = l.fresh, false
	for _, a := range l.files {
		if a.dirty.Load() {
			files = append(files, a)
		}
	}
	return files, fresh
}

// mark writes into the record how much is safe, and syncs the record.
func (l *Ledger) mark(s Synced) error {
	buf := getLine()
	defer buf.free()
	b, err := buf.synced(s)
	if err == nil {
		err = l.record.add(b)
	}
	l.marked = s.Bytes + int64(len(b))
	return errors.Join(err, l.record.sync())
}

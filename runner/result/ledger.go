package result

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"scanmaster/runner/share"
)

// checkedName is the classic file of the lines that were taken in hand.
const checkedName = "hosts_checked"

// syncEvery is the least time between two syncs.
const syncEvery = time.Second

// Ledger keeps what came of a chunk's targets: in the record, and in the
// classic files. What its methods have taken is in the kernel when they
// return, so that the death of the process loses nothing, and on the disk
// within about a second. It is safe for concurrent use, and the only writer of
// its files. Whoever made it closes it.
type Ledger struct {
	work, out *share.Dir
	record    *appender

	stop chan struct{}
	done chan struct{} // closed when the syncing has ended
	wake chan struct{} // holds one while something is yet to be synced

	syncing sync.Mutex // held by one Sync at a time, before mu
	marked  int64      // the record's length where nothing follows the last mark
	safe    int64      // how much of the record is on the disk, with what it points to

	mu    sync.Mutex
	files map[string]*appender // the classic files, by name
	fresh bool                 // a file was made and its folder not synced
	seen  Seen
	tally Tally
	err   error // the first that broke the ledger
}

// Create begins a chunk's ledger: the record in work, the chunk's folder, and
// the classic files in out, the folder of its sub-chunk. Both stay the
// caller's and must stay open until Close. The error is fs.ErrExist where the
// chunk has a record already.
func Create(work, out *share.Dir, h Header) (*Ledger, error) {
	file, err := work.Create(recordName)
	if err != nil {
		return nil, err
	}
	held := &Held{work: work, file: file}
	if err := lock(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	l, _, err := held.Open(out, h, nil) // nothing was done, so that no targets are asked for
	return l, err
}

func newLedger(h *Held, out *share.Dir) *Ledger {
	return &Ledger{
		work: h.work, out: out, record: &appender{file: h.file, path: h.work.Path(recordName)},
		stop: make(chan struct{}), done: make(chan struct{}), wake: make(chan struct{}, 1),
		files: make(map[string]*appender), fresh: true,
	}
}

// Lines counts the outcomes so far.
func (l *Ledger) Lines() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen.Count()
}

// Has reports whether a target has its outcome, or is being given it.
func (l *Ledger) Has(line int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen.Has(line)
}

// Tally counts the outcomes so far by their keys. It is a copy.
func (l *Ledger) Tally() Tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tally.Clone()
}

// Break makes the ledger take nothing any more; why is what its methods give
// from then on. What was taken stays.
func (l *Ledger) Break(why error) { _ = l.fail(why) }

// Close syncs and closes all files. It gives the error that broke the ledger,
// if any, and its own; the ledger takes nothing any more.
func (l *Ledger) Close() error {
	close(l.stop)
	<-l.done
	errs := []error{l.broken(), l.Sync()}
	l.mu.Lock()
	if l.err == nil {
		l.err = errClosed
	}
	files := append(slices.Collect(maps.Values(l.files)), l.record)
	l.mu.Unlock() // whoever still writes needs it to end
	for _, a := range files {
		errs = append(errs, a.close())
	}
	return errors.Join(errs...)
}

var errClosed = errors.New("the ledger is closed")

// classic gives the file of that name, which exists only once it is needed.
func (l *Ledger) classic(name string) (*appender, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return nil, l.err
	}
	if a, ok := l.files[name]; ok {
		return a, nil
	}
	a, err := newAppender(l.out, name)
	if err != nil {
		l.err = err
		return nil, err
	}
	l.files[name], l.fresh = a, true
	return a, nil
}

// broken gives the error that broke the ledger.
func (l *Ledger) broken() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// open reports why a line may not be tried; nil where it may.
func (l *Ledger) open(line int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil && l.seen.Has(line) {
		return fmt.Errorf("line %d has an outcome already", line)
	}
	return l.err
}

// fail breaks the ledger and gives err back.
func (l *Ledger) fail(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil && err != nil {
		l.err = err
	}
	return err
}

// take reserves a line for its outcome.
func (l *Ledger) take(line int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.err != nil:
		return l.err
	case !l.seen.Add(line):
		return fmt.Errorf("line %d has an outcome already, or is none", line)
	}
	return nil
}

// settle ends a reservation: key is what the outcome counts under, empty where
// it came to nothing.
func (l *Ledger) settle(line int64, key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if key == "" {
		l.seen.drop(line)
		return
	}
	l.tally.Add(key)
}

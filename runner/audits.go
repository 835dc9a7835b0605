package runner

import (
	"io/fs"
	"os"
	"sync"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// audits keeps what the records of finished chunks were found to hold. Each is
// read when its worker says that it is done: at the end, when the aggregator is
// waited for, it is enough that none has changed since. The zero value is ready.
type audits struct {
	mu sync.Mutex
	of map[string]audit // by the folder
}

// audit is what a record held, and its file as it was then.
type audit struct {
	record fs.FileInfo
	tally  result.Tally
}

// keep remembers the audit of a folder whose record has all outcomes.
func (a *audits) keep(folder string, found result.Audited) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of = make(map[string]audit)
	}
	a.of[folder] = audit{found.File, found.Tally}
}

// still gives what a folder's record holds, where it is the one that was
// audited, and nobody has changed it since.
func (a *audits) still(prefix *share.Dir, folder string) (result.Tally, bool) {
	a.mu.Lock()
	was, ok := a.of[folder]
	a.mu.Unlock()
	if !ok {
		return result.Tally{}, false
	}
	now, err := prefix.LstatIn(folder, job.Record)
	same := err == nil && os.SameFile(was.record, now) && now.Size() == was.record.Size() &&
		now.ModTime().Equal(was.record.ModTime())
	return was.tally.Clone(), same
}

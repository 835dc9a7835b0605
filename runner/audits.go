package runner

import (
	"maps"
	"slices"
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
	record share.Stamp
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

// still gives, by folder, what the records hold that are the ones which were
// audited, and which nobody has changed since.
func (a *audits) still(prefix *share.Dir) map[string]result.Tally {
	a.mu.Lock()
	defer a.mu.Unlock()
	folders := slices.Collect(maps.Keys(a.of))
	now, err := prefix.Stamps(job.Record, folders)
	if err != nil {
		return nil // all are read again
	}
	same := make(map[string]result.Tally, len(folders))
	for i, folder := range folders {
		if was := a.of[folder]; was.record == now[i] {
			same[folder] = was.tally
		}
	}
	return same
}

package runner

import (
	"maps"
	"sync"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// fits tells whether a worker's word is of this run and could be true of a
// chunk: of all its lines, or of those that it was asked to end at. It costs
// little to find out.
func (r *run) fits(c *chunkRun, work *share.Dir, mark job.DoneMark) bool {
	r.listing.Lock()
	lines := c.lines
	r.listing.Unlock()
	return mark.Run == r.plan.Layout.Run && mark.Chunk == c.name && result.IsTally(mark.Counts) &&
		(mark.Lines == lines || r.allows(work, c.name, mark.Lines, lines))
}

// holds tells whether a worker's word is what its record says: whoever can write
// to the share can leave a .done file, and its worker would be cut while it
// works.
func (r *run) holds(work *share.Dir, mark job.DoneMark) (result.Audited, bool) {
	if mark.Outcomes != mark.Lines {
		return result.Audited{}, false // no worker of ours says so
	}
	a, err := result.AuditFolder(work, mark.Lines)
	return a, err == nil && a.Header.Run == mark.Run && a.Torn == nil && a.Missing == 0 && maps.Equal(a.Tally.Counts, mark.Counts)
}

// doubts are the .done files that were found to be untrue. Their record may be
// long, and grows while its worker is watched: each line of it would have it
// read anew.
type doubts struct {
	mu      sync.Mutex
	refused map[string]doubt // by the folder
}

// doubt is one that was refused, and until when it isn't asked about again.
type doubt struct {
	text  string
	until time.Time
}

// patience is how many times longer than it took to refuse a file that isn't
// done again.
const patience = 20

// check asks whether a file's text is true, unless that very text was refused
// just before.
func (d *doubts) check(folder, text string, now func() time.Time, ask func() bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	began := now()
	if was, ok := d.refused[folder]; ok && was.text == text && began.Before(was.until) {
		return false
	}
	if ask() {
		delete(d.refused, folder)
		return true
	}
	if d.refused == nil {
		d.refused = make(map[string]doubt)
	}
	ended := now()
	d.refused[folder] = doubt{text, ended.Add(patience * ended.Sub(began))}
	return false
}

package plan

import (
	"time"

	"scanmaster/spec"
)

// MasterLease is how long the master may give no sign until workers stop; 0 where
// they go on without it, as far as a plan can tell: which hosts don't see the
// shared folder only the run finds out. Where it isn't so for all, it is for those
// on worker hosts, which do without the folder.
func (p Plan) MasterLease() (lease time.Duration, all bool) {
	if p.Job.MasterLease > 0 {
		return p.Job.MasterLease, true
	}
	for _, step := range p.Steps {
		if s, ok := step.(Probe); ok && s.Share == spec.ShareNone && p.Summary.Remote > 0 {
			return p.Lease, false
		}
	}
	return 0, false
}

package job

import "fmt"

// Rate is a ceiling of new connections to targets, and how many workers it is
// shared out over: no more than these may work at a time.
type Rate struct {
	// All is that of the whole scan, in connections a second.
	All float64 `json:"all"`
	// Workers is how many share it. In a plan it is how many will where all that
	// are named can work.
	Workers int `json:"workers"`
}

// Share is the ceiling of one worker, in connections a second.
func (r Rate) Share() float64 { return r.All / float64(max(1, r.Workers)) }

// Among gives the same for so many workers. Of no ceiling it gives none.
func (r *Rate) Among(workers int) *Rate {
	if r == nil {
		return nil
	}
	return &Rate{All: r.All, Workers: max(1, workers)}
}

// check refuses a ceiling that isn't shared out yet, or is none.
func (r *Rate) check() error {
	if r != nil && (!(r.All > 0) || r.Workers < 1) {
		return fmt.Errorf("%g connections a second can't be shared out over %d workers", r.All, r.Workers)
	}
	return nil
}

package past

import (
	"errors"
	"fmt"
	"io/fs"

	"scanmaster/runner/fold"
)

// What stands in the place of a reason where an output can't be read.
const (
	// OutputGone: the file that held it is gone.
	OutputGone = "output-gone"
	// OutputChanged: the file doesn't hold what its worker has left there.
	OutputChanged = "output-changed"
)

// FoldKey gives what makes the result of a target the same as that of others: its key,
// its reason and the digest of its output. Where that can't be read, one of OutputGone
// and OutputChanged is the reason; an error is as that of Unreadable.
func (r *Run) FoldKey(t Target) (fold.Key, error) {
	key := fold.Key{Class: t.Key(), Reason: t.Reason()}
	if !t.Output.Is() {
		return key, nil
	}
	sum, err := r.Digest(t.Output)
	if err != nil {
		key.Reason, err = r.Unreadable(t, err)
		return key, err
	}
	key.Sum = sum
	return key, nil
}

// Unreadable tells what kept a target's output from being read: one of OutputGone and
// OutputChanged, and Notes have it then. All else is the file system's and given back
// as an error, so that nothing of a share in trouble is taken for the truth.
func (r *Run) Unreadable(t Target, err error) (reason string, _ error) {
	switch {
	case errors.Is(err, ErrChanged):
		reason = OutputChanged
	case errors.Is(err, fs.ErrNotExist):
		reason = OutputGone
	default:
		return "", fmt.Errorf("the output of %s: %w", t.Host, err)
	}
	r.note("%v", err)
	return reason, nil
}

package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// movedAlready says what an aggregator has moved away that ran under an earlier
// master of the run, which was ended before it could write down what came of it;
// empty where all is there. Run again, the aggregator would take what is left for
// all there is.
func (r *run) movedAlready() (string, error) {
	if !r.resumed {
		return "", nil
	}
	there, err := r.folders()
	if err != nil {
		return "", err
	}
	moved := 0
	for _, c := range r.chunks {
		if c.folder != "" && there[c.name] != c.folder {
			moved++
		}
	}
	if moved > 0 {
		return fmt.Sprintf("the results of %d of %d chunks", moved, len(r.chunks)), nil
	}
	chunks, err := r.prefix.Sub(job.Input, r.plan.Layout.Min)
	if errors.Is(err, fs.ErrNotExist) {
		return "the folder of the chunks", nil
	}
	if err != nil {
		return "", err
	}
	return "", chunks.Close()
}

// anyVisible tells whether there is anything in a scan's folder but hidden files:
// aggregators that keep a history move all away.
func anyVisible(prefix *share.Dir) (bool, error) {
	names, err := prefix.Names()
	for _, name := range names {
		if !strings.HasPrefix(name, ".") {
			return true, err
		}
	}
	return false, err
}

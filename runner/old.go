package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// movingDir is the folder below Old that an earlier run is gathered in on its
// way there, so that it appears among the others whole and by one rename.
const movingDir = ".moving"

// clearing makes way for a run. Whatever instant a kill comes, nothing that is
// to be kept is lost, and the next clearing goes on where this one stopped.
type clearing struct {
	prefix *share.Dir
	run    string // that is to begin
	// unfinished tells that what makes way has not come to its end.
	unfinished bool
	// moved are the names that this clearing has given below Old.
	moved []string
	// before hears of each change ahead of it, and may keep it from being made;
	// nil but in tests.
	before func(change string) error
}

// leftovers are what an earlier run has left of itself in its scan's folder.
type leftovers struct {
	// names of what is to go, in the order in which it goes.
	names []string
	// moving are the names of what was under way already when its master died.
	moving []string
	// results tells that there is more than what stands there before any worker
	// has begun.
	results bool
}

// makeWay moves, or removes, what an earlier run left, and says which.
func (c *clearing) makeWay(s plan.Clear) (string, error) {
	left, err := c.look()
	if err != nil {
		return "", err
	}
	// A run that no worker began has nothing to keep, and must not take the
	// place of one that has.
	way := c.move
	if len(left.moving) == 0 && !left.results {
		way = c.remove
	}
	detail, err := way(left)
	if err != nil {
		return detail, err
	}
	keep := s.Keep
	if c.unfinished {
		keep = max(1, keep) // nobody has had its results
	}
	pruned, err := c.prune(keep)
	older := slices.DeleteFunc(pruned, func(name string) bool { return slices.Contains(c.moved, name) })
	if len(older) < len(pruned) {
		detail = "removed an earlier scan" // none is kept
	}
	if n := len(older); n > 0 {
		detail += fmt.Sprintf(", removed %d older", n)
	}
	return detail, err
}

// look finds what there is. Dot entries that aren't ours stay: aggregators keep
// their history there.
func (c *clearing) look() (leftovers, error) {
	entries, err := c.prefix.ReadDir()
	if err != nil {
		return leftovers{}, err
	}
	var left leftovers
	var visible []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case !strings.HasPrefix(name, "."):
			visible = append(visible, name)
			left.results = left.results || name != job.Input && name != job.Started
		case strings.HasPrefix(name, job.RunPrefix) || name == job.LiveWorkers:
			left.names = append(left.names, name)
		}
	}
	// The run's own folder goes first: what is there only in part can't be
	// taken up any more.
	left.names = append(left.names, visible...)
	moving, err := c.prefix.Sub(job.Old, movingDir)
	if errors.Is(err, fs.ErrNotExist) {
		return left, nil
	}
	if err != nil {
		return left, err
	}
	defer moving.Close()
	left.moving, err = namesIn(moving)
	return left, err
}

func namesIn(dir *share.Dir) ([]string, error) {
	entries, err := dir.ReadDir()
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

func (c *clearing) remove(left leftovers) (string, error) {
	if len(left.names) == 0 {
		return "nothing left of an earlier scan", nil
	}
	for _, name := range left.names {
		if err := c.change("remove "+name, func() error { return c.prefix.RemoveAll(name) }); err != nil {
			return "", err
		}
	}
	return "an earlier scan has left no results here: removed the rest", nil
}

// move moves what is left to a folder of its own below Old.
func (c *clearing) move(left leftovers) (string, error) {
	if anotherRun(left) {
		// What was under way is all there is of it.
		if _, err := c.arrive(); err != nil {
			return "", err
		}
	}
	for _, name := range left.names {
		err := c.change("move "+name, func() error { return c.prefix.MoveInto(name, job.Old, movingDir) })
		if err != nil {
			return "", err
		}
	}
	old, err := c.arrive()
	return "moved an earlier scan to " + old, err
}

// anotherRun tells that what is under way is of another run than what is left.
func anotherRun(left leftovers) bool {
	isRun := func(name string) bool { return strings.HasPrefix(name, job.RunPrefix) }
	return slices.ContainsFunc(left.moving, isRun) && slices.ContainsFunc(left.names, isRun) ||
		slices.ContainsFunc(left.names, func(name string) bool { return slices.Contains(left.moving, name) })
}

// arrive gives the run that is under way its name among the earlier ones.
func (c *clearing) arrive() (string, error) {
	old, err := c.prefix.Sub(job.Old)
	if err != nil {
		return "", err
	}
	defer old.Close()
	moving, err := old.Sub(movingDir)
	if err != nil {
		return "", err
	}
	names, err := namesIn(moving)
	if err := errors.Join(err, moving.Close()); err != nil {
		return "", err
	}
	earlier := c.run + "-found" // whose it is nobody knows
	for _, name := range names {
		if run, ok := strings.CutPrefix(name, job.RunPrefix); ok {
			earlier = run // they are sorted: the latest wins
		}
	}
	to := job.OldRun + earlier
	for n := 2; exists(old, to); n++ {
		to = fmt.Sprintf("%s%s-%d", job.OldRun, earlier, n)
	}
	err = c.change("name "+to, func() error { return old.Rename(movingDir, to) })
	c.moved = append(c.moved, to)
	return job.Old + "/" + to, err
}

func exists(dir *share.Dir, name string) bool {
	_, err := dir.Lstat(name)
	return err == nil
}

// prune removes all earlier runs but the latest keep ones, and names them. Those that did not
// come to their end are counted for themselves: they don't take the place of
// those that did.
func (c *clearing) prune(keep int) (pruned []string, err error) {
	old, err := c.prefix.Sub(job.Old)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer old.Close()
	entries, err := old.ReadDir()
	if err != nil {
		return nil, err
	}
	kept := make(map[bool]int)
	for _, name := range c.latestFirst(entries) {
		over, err := hasEnded(old, name)
		if err != nil {
			return pruned, err
		}
		if kept[over]++; kept[over] <= keep {
			continue
		}
		if err := c.change("prune "+name, func() error { return old.RemoveAll(name) }); err != nil {
			return pruned, err
		}
		pruned = append(pruned, name)
	}
	return pruned, nil
}

// latestFirst gives the names of the earlier runs. Run ids begin with a time, and
// the masters' clocks may differ, or step: what was moved just now was there last,
// whatever its id says.
func (c *clearing) latestFirst(entries []fs.DirEntry) []string {
	latest := slices.Clone(c.moved)
	slices.Reverse(latest)
	for _, e := range slices.Backward(entries) {
		if strings.HasPrefix(e.Name(), job.OldRun) && e.IsDir() && !slices.Contains(c.moved, e.Name()) {
			latest = append(latest, e.Name())
		}
	}
	return latest
}

// hasEnded tells whether all workers of an earlier run have come to their end.
func hasEnded(old *share.Dir, run string) (bool, error) {
	dir, err := old.Sub(run)
	if err != nil {
		return false, err
	}
	defer dir.Close()
	return exists(dir, job.Ended), nil
}

// change makes a change, unless the test that looks on keeps it from it.
func (c *clearing) change(what string, do func() error) error {
	if c.before != nil {
		if err := c.before(what); err != nil {
			return err
		}
	}
	return do()
}

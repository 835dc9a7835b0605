package past

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// Ref tells a run from the others of its scan.
type Ref struct {
	// ID is the run's id; of one that a classic master has started, which has none,
	// the minute in which it dealt the list out.
	ID string
	// Classic tells that a classic master has started it.
	Classic bool
	// Old is the name of the folder below .old that it was moved to; empty while it
	// is in the scan's own.
	Old string
}

// NoRunError tells that a scan has no such run, or none at all.
type NoRunError struct {
	Name string
	// ID is the one that was asked for; empty where it was the newest.
	ID string
	// Have are those that there are, the newest first.
	Have []string
}

// Error names what there is.
func (e *NoRunError) Error() string {
	have := ""
	if len(e.Have) > 0 {
		have = "; there is " + strings.Join(e.Have, ", ")
	}
	if e.ID == "" {
		return fmt.Sprintf("no run of %s has dealt out any targets%s", e.Name, have)
	}
	return fmt.Sprintf("%s has no run %q%s", e.Name, e.ID, have)
}

func ids(refs []Ref) []string {
	var all []string
	for _, r := range refs {
		all = append(all, r.ID)
	}
	return all
}

// List gives the runs of a scan below the shared folder dir that have left
// anything, the newest first.
func List(ctx context.Context, dir, name string) ([]Ref, error) {
	prefix, err := folder(dir, name, "")
	if err != nil {
		return nil, err
	}
	defer prefix.Close()
	refs, err := runsIn(prefix, "")
	if err != nil {
		return nil, err
	}
	old, err := prefix.Sub(job.Old)
	if errors.Is(err, fs.ErrNotExist) {
		return refs, nil
	}
	if err != nil {
		return nil, err
	}
	defer old.Close()
	names, err := old.Names()
	for _, name := range slices.Backward(names) { // sorted, and so by time
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if strings.HasPrefix(name, job.OldRun) {
			refs = append(refs, moved(old, name)...)
		}
	}
	return refs, err
}

// moved gives the runs in a folder below .old. One that is just being removed, or
// isn't ours to read, has none.
func moved(old *share.Dir, name string) []Ref {
	dir, err := old.Sub(name)
	if err != nil {
		return nil
	}
	defer dir.Close()
	refs, _ := runsIn(dir, name) // as above
	return refs
}

// folder opens the folder of a scan, or that of one of its runs below .old.
func folder(dir, name, old string) (*share.Dir, error) {
	base, err := share.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("the shared folder: %w", err)
	}
	defer base.Close()
	path := []string{job.ChunkedDir, name}
	if old != "" {
		path = append(path, job.Old, old)
	}
	sub, err := base.Sub(path...)
	if errors.Is(err, fs.ErrNotExist) && old == "" {
		return nil, fmt.Errorf("no scan of that name has run: %w", err)
	}
	return sub, err
}

// runsIn gives the runs that have left something in a folder, the newest first. The
// hidden folders of ours outlive a classic master, which takes all else away when it
// begins.
func runsIn(dir *share.Dir, old string) ([]Ref, error) {
	entries, err := dir.ReadDir()
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, e := range slices.Backward(entries) {
		run, ok := strings.CutPrefix(e.Name(), job.RunPrefix)
		if ok && e.IsDir() && job.CheckRun(run) == nil {
			refs = append(refs, Ref{ID: run, Old: old})
		}
	}
	minute, err := LatestMinute(dir)
	if err != nil || minute == "" || changed(dir, job.Started).IsZero() {
		return refs, err
	}
	if len(refs) > 0 && owns(dir, refs[0].ID, minute) {
		return refs, nil
	}
	return append([]Ref{{ID: minute, Classic: true, Old: old}}, refs...), nil
}

// owns tells that a run of ours has dealt the list out in a minute: where its plan
// doesn't say which that was, having dealt at all is enough.
func owns(dir *share.Dir, run, minute string) bool {
	r := &Run{Ref: Ref{ID: run}, dir: dir}
	if err := r.readHidden(); err != nil {
		return false
	}
	defer r.hidden.Close()
	if r.Plan == nil {
		return r.State.Dealt
	}
	return r.Plan.Layout.Min == minute
}

var minuteName = regexp.MustCompile(`^[0-9]{12}$`)

// LatestMinute is the name of the latest folder of chunks below PREFIX/input, the
// minute in which a list was dealt out last; empty where there is none.
func LatestMinute(prefix *share.Dir) (string, error) {
	input, err := prefix.Sub(job.Input)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer input.Close()
	entries, err := input.ReadDir()
	for _, e := range slices.Backward(entries) { // sorted
		if e.IsDir() && minuteName.MatchString(e.Name()) {
			return e.Name(), err
		}
	}
	return "", err
}

// changed is when a file was written last; zero where there is none.
func changed(dir *share.Dir, name string) time.Time {
	info, err := dir.Lstat(name)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

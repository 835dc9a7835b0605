package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// What a chunk's folder is called that was taken from its worker, with a
// number, and one that is being made in its place. Both end with the
// folder's own name.
const (
	takenPrefix = ".taken-"
	carryPrefix = ".carry-"
)

// fence takes a chunk from a worker that can't be asked, and may still be at it.
// Its folder is renamed: the worker looks for it by its name before it begins
// anything, and stops. What it had done by then is carried over into a new
// folder of that name, where another worker goes on. A worker that had finished
// just before keeps its chunk.
func (r *run) fence(ctx context.Context, chunk string) error {
	if err := r.takeFolder(chunk); err != nil {
		return err
	}
	return r.restoreLast(ctx, chunk)
}

// takeFolder renames a chunk's folder, if it is there.
func (r *run) takeFolder(chunk string) error {
	r.fencing.Lock()
	defer r.fencing.Unlock()
	folders, err := r.folders()
	if err != nil {
		return err
	}
	if folder := folders[chunk]; folder != "" {
		name, err := r.nextTaken(folder)
		if err == nil {
			err = r.prefix.Rename(folder, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nextTaken is what a folder is called when it is taken: numbered, so that the
// last of several has most.
func (r *run) nextTaken(folder string) (string, error) {
	entries, err := r.prefix.Names()
	if err != nil {
		return "", err
	}
	n := 0
	for _, entry := range entries {
		if number, _, ok := strings.Cut(strings.TrimPrefix(entry, takenPrefix), "."); ok && takenFolder(entry) != "" {
			if have, err := strconv.Atoi(number); err == nil {
				n = max(n, have)
			}
		}
	}
	return fmt.Sprintf("%s%06d.%s", takenPrefix, n+1, folder), nil
}

// restoreLast puts a folder in the place of the last one that was taken of a
// chunk, if one was: also where a master was ended, or failed, while it did so.
func (r *run) restoreLast(ctx context.Context, chunk string) error {
	entries, err := r.prefix.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(entries) { // sorted by name, and so by number
		if name, ok := job.ChunkOf(takenFolder(e.Name())); ok && name == chunk && e.IsDir() {
			return r.restore(ctx, chunk, e.Name())
		}
	}
	return nil
}

// restoreTaken goes on where a master was ended while it took chunks.
func (r *run) restoreTaken(ctx context.Context) error {
	folders, err := r.folders()
	if err != nil {
		return err
	}
	for _, c := range r.chunks {
		if c.done || folders[c.name] != "" {
			continue
		}
		if err := r.restoreLast(ctx, c.name); err != nil {
			return err
		}
	}
	return nil
}

// takenFolder is what a folder was called before it was taken; empty where it was
// not.
func takenFolder(name string) string {
	rest, ok := strings.CutPrefix(name, takenPrefix)
	if !ok {
		return ""
	}
	_, folder, _ := strings.Cut(rest, ".")
	return folder
}

// restore puts a folder in the place of one that was taken: the very same where
// its worker had finished, and else a new one with all that it had done.
func (r *run) restore(ctx context.Context, chunk, taken string) (err error) {
	// A renewal of the worker's that ended just before the taking still counts
	// for so long.
	late := time.NewTimer(r.plan.Lease / 2)
	defer late.Stop()
	select {
	case <-late.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	folder := takenFolder(taken)
	from, err := r.prefix.Sub(taken)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if c := r.chunkNamed(chunk); c != nil && r.hasFinished(c, from) {
		return r.prefix.Rename(taken, folder)
	}
	if err := r.prefix.RemoveAll(carryPrefix + folder); err != nil {
		return err
	}
	to, err := r.prefix.Make(carryPrefix + folder)
	if err != nil {
		return err
	}
	rec, err := r.carry(from, to, chunk)
	if err = errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("carry over what was done of %s: %w", chunk, err)
	}
	r.report(Warning{Text: fmt.Sprintf("%s was taken from a worker that can't be asked: %d targets were done, %d in flight",
		chunk, rec.Done.Count(), len(rec.Lost))})
	return r.prefix.Rename(carryPrefix+folder, folder)
}

// hasFinished tells whether a chunk's worker has left a true .done file.
func (r *run) hasFinished(c *chunkRun, dir *share.Dir) bool {
	data, err := dir.ReadFile(job.Done)
	if err != nil {
		return false
	}
	mark, ok := job.ParseDone(data)
	if !ok || !r.fits(c, dir, mark) {
		return false
	}
	_, ok = r.holds(dir, mark)
	return ok
}

// carry copies a chunk's folder as far as it counts.
func (r *run) carry(from, to *share.Dir, name string) (rec result.Recovered, err error) {
	minute, err := r.copyInputs(from, to)
	if err != nil || minute == "" {
		return rec, err
	}
	out := []string{job.Output, minute, job.SubChunk}
	fromOut, err := from.Sub(out...)
	if errors.Is(err, fs.ErrNotExist) {
		return rec, nil
	}
	if err != nil {
		return rec, err
	}
	defer func() { err = errors.Join(err, fromOut.Close()) }()
	toOut, err := to.Make(out...)
	if err != nil {
		return rec, err
	}
	defer func() { err = errors.Join(err, toOut.Close()) }()
	list, err := os.Open(r.plan.Layout.Chunk(name))
	if err != nil {
		return rec, err
	}
	defer list.Close()
	return result.CarryOver(result.Folders{Work: from, Out: fromOut}, result.Folders{Work: to, Out: toOut},
		result.Resumed{Host: r.self.Host, At: r.cfg.Now()}, chunk.NewReader(list), r.plan.Job.OnUnknown == job.Report)
}

// copyInputs copies what stands in a chunk's folder before the first target is
// tried, and what its worker was asked for, which whoever goes on must keep to, and gives the worker's minute; empty where it had not come so far.
func (r *run) copyInputs(from, to *share.Dir) (minute string, err error) {
	inputs, err := from.Sub(job.Input)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	minutes, err := inputs.ReadDir()
	if err = errors.Join(err, inputs.Close()); err != nil || len(minutes) == 0 {
		return "", err
	}
	minute = minutes[0].Name()
	for _, path := range [][]string{{job.Limit}, {job.Started}, {job.Output, job.Input}, {job.Input, minute, job.SubChunk}} {
		if err := copyBelow(from, to, path); err != nil {
			return "", err
		}
	}
	return minute, nil
}

// copyBelow copies a file at a path below one folder to the same below another.
// One that isn't there is none.
func copyBelow(from, to *share.Dir, path []string) error {
	name := path[len(path)-1]
	var err error
	if below := path[:len(path)-1]; len(below) > 0 {
		if from, err = from.Sub(below...); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		defer from.Close()
		if to, err = to.Make(below...); err != nil {
			return err
		}
		defer to.Close()
	}
	source, err := from.OpenFile(name, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer source.Close()
	copied, err := newChunk(to, name)
	if err != nil {
		return err
	}
	_, err = io.Copy(copied, source)
	return errors.Join(err, copied.Close())
}

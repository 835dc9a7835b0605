package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/merge"
	"scanmaster/runner/past"
	"scanmaster/runner/share"
)

// classicReader reads how a scan stands that a classic master has started. That
// one leaves no journal: the files of the classic contract tell.
type classicReader struct {
	prefix *share.Dir
	minute string
	status Status
}

// readClassic reads the status where a classic master has started the scan; min
// is the minute of the last run of ours, empty where there is none. It reports
// false where no classic master has been there since.
func readClassic(prefix *share.Dir, name, minute string, chunks bool) (Status, bool, error) {
	latest, err := past.LatestMinute(prefix)
	if err != nil || latest == "" || latest == minute {
		return Status{}, false, err
	}
	r := &classicReader{prefix: prefix, minute: latest}
	r.status = Status{
		Name: name, Classic: true, Phase: PhaseRunning, Dealt: true, Chunks: []ChunkStatus{},
		Began: changed(prefix, job.Started), Ended: changed(prefix, job.Ended),
	}
	if r.status.Began.IsZero() {
		return Status{}, false, nil
	}
	over := !r.status.Ended.IsZero()
	if over {
		r.status.Phase, r.status.Verdict, r.status.Results = PhaseFinished, Complete, prefix.Path("")
	}
	if chunks || over {
		err = r.count()
	}
	if over && r.status.Missing > 0 {
		r.status.Verdict = Incomplete
	}
	return r.status, true, err
}

// movedClassic gives the status where the files of a classic master's scan are
// not there any more, but for the hidden list of its workers, which is younger
// than what ours has written last: its aggregator, which runs when all is done,
// keeps a history and has moved them there.
func movedClassic(prefix *share.Dir, name string, ours time.Time) (Status, bool) {
	listed := changed(prefix, job.LiveWorkers)
	if !listed.After(ours) || !changed(prefix, job.Started).IsZero() {
		return Status{}, false
	}
	return Status{
		Name: name, Classic: true, Moved: true, Phase: PhaseFinished, Began: listed, Chunks: []ChunkStatus{},
	}, true
}

// changed is when a file was written last; zero where there is none.
func changed(dir *share.Dir, name string) time.Time {
	info, err := dir.Lstat(name)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// count counts what the workers have left. Those of the list that the master
// has left were started in the order of the chunks.
func (r *classicReader) count() error {
	input, err := r.prefix.Sub(job.Input, r.minute)
	if err != nil {
		return err
	}
	defer input.Close()
	entries, err := input.ReadDir()
	if err != nil {
		return err
	}
	folders, err := foldersOf(r.prefix)
	if err != nil {
		return err
	}
	list, _ := r.prefix.ReadFile(job.LiveWorkers) // without it nobody is named
	workers := strings.Fields(string(list))
	s := &r.status
	for i, e := range entries {
		c, err := r.chunk(input, e.Name(), folders[e.Name()])
		if err != nil {
			return fmt.Errorf("counting chunk %s: %w", e.Name(), err)
		}
		if i < len(workers) {
			c.Worker = workers[i]
		}
		s.Chunks = append(s.Chunks, c)
		s.Targets += c.Lines
		s.Done += c.Done
		s.Tally.Merge(c.Tally.Counts)
	}
	if s.Phase == PhaseFinished {
		s.Missing = max(0, s.Targets-s.Done)
	}
	return nil
}

// chunk counts one chunk and what its worker has left in a folder.
func (r *classicReader) chunk(input *share.Dir, name, folder string) (ChunkStatus, error) {
	c := ChunkStatus{Chunk: name, State: ChunkWaits}
	file, err := input.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return c, err
	}
	defer file.Close()
	counts, err := chunk.Count(file, nil)
	if bad := new(chunk.LineErrors); err != nil && !errors.As(err, &bad) {
		return c, err
	}
	c.Lines = counts.Targets
	if folder == "" {
		return c, nil
	}
	counted, err := merge.Count(context.Background(), r.prefix, r.minute, merge.Chunk{Name: name, Dir: folder})
	if err != nil {
		return c, err
	}
	c.Tally, c.Done, c.State = counted.Tally, counted.Tally.Total(), ChunkWorks
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return c, err
	}
	defer dir.Close()
	c.Since = since(dir)
	if !changed(dir, job.Done).IsZero() {
		c.State = ChunkDone
	}
	return c, nil
}

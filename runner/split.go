package runner

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/rerun"
	"scanmaster/runner/share"
)

// split deals the targets out, so many chunks a live worker; fewer where there
// are fewer targets.
func (r *run) split(ctx context.Context, s plan.Split) (detail string, err error) {
	if err := r.listWorkers(); err != nil {
		return "", err
	}
	into, err := r.prefix.Make(job.Input, r.plan.Layout.Min)
	if err != nil {
		return "", err
	}
	defer into.Close()
	list, err := r.openAll(s.Inputs)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	sample := s.Sample(r.inputs.targets)
	sizes := chunk.Sizes(sample, len(r.live)) // a small one each, so that a broken worker shows, too
	first := len(sizes)
	sizes = append(sizes, chunk.Sizes(r.inputs.targets-sample, len(r.live)*max(1, s.PerWorker))...)
	count := len(sizes)
	if s.Rerun != nil && s.Rerun.Stay > 0 {
		count++ // the last one is that of the outcomes that stay
	}
	names := chunk.Names(count)
	dealt, err := chunk.Deal(cancellable(ctx, list), r.inputs.exclude, sizes, func(i int) (io.WriteCloser, error) {
		return newChunk(into, names[i])
	})
	if err == nil {
		err = list.verify(r)
	}
	if err != nil {
		return "", err
	}
	for i, d := range dealt {
		r.chunks = append(r.chunks, &chunkRun{name: names[i], lines: d.Lines, sha256: d.SHA256, canary: i < first})
	}
	r.held = first > 0
	r.summary.Targets, r.summary.Excluded = r.inputs.targets, r.inputs.excluded
	if err := r.jobFile(); err != nil {
		return "", err
	}
	detail = fmt.Sprintf("%s targets in %d chunks", humanize.Comma(r.inputs.targets), len(r.chunks))
	if count > len(sizes) {
		if err := r.stay(ctx, *s.Rerun, names[len(sizes)]); err != nil {
			return "", err
		}
		detail += fmt.Sprintf("; the outcomes of %s more stay, as chunk %s", humanize.Comma(s.Rerun.Stay), names[len(sizes)])
	}
	return detail, r.noteChunks()
}

// noteChunks writes down that the chunks are there: from now on the run can be
// taken up.
func (r *run) noteChunks() error {
	entries := make([]journal.Entry, 0, len(r.chunks)+1)
	for _, c := range r.chunks {
		entries = append(entries, journal.Entry{Kind: journal.KindChunk, Chunk: c.name, Lines: c.lines, SHA256: c.sha256, Canary: c.canary})
	}
	for _, c := range r.chunks {
		if c.done { // it was carried over
			entries = append(entries, journal.Entry{Kind: journal.KindDone, Chunk: c.name, Folder: c.folder})
		}
	}
	dealt := journal.Entry{Kind: journal.KindDealt, Targets: r.summary.Targets, Excluded: r.summary.Excluded}
	return r.journal.Add(append(entries, dealt)...)
}

// listWorkers leaves the list of live workers that the classic master leaves.
func (r *run) listWorkers() error {
	var list strings.Builder
	for _, w := range r.live {
		fmt.Fprintln(&list, w.Host)
	}
	return r.prefix.WriteFile(job.LiveWorkers, []byte(list.String()))
}

// chunkFile is a chunk that is being written; Close syncs it.
type chunkFile struct {
	*bufio.Writer
	file *os.File
}

func newChunk(into *share.Dir, name string) (*chunkFile, error) {
	file, err := into.Create(name)
	if err != nil {
		return nil, err
	}
	return &chunkFile{Writer: bufio.NewWriterSize(file, 64<<10), file: file}, nil
}

func (c *chunkFile) Close() error {
	return errors.Join(c.Flush(), c.file.Sync(), c.file.Close())
}

// stageInput joins several lists of targets into the one that the aggregator
// is told of.
func (r *run) stageInput(ctx context.Context, name string) (err error) {
	split, err := r.splitStep()
	if err != nil {
		return err
	}
	list, err := r.openAll(split.Inputs)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	to, err := newChunk(r.folder, name)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, list)
	if err == nil && split.Rerun != nil {
		err = r.withEarlier(ctx, *split.Rerun, func(from rerun.Source) error { return from.Staying(ctx, to) })
	}
	return errors.Join(err, to.Close())
}

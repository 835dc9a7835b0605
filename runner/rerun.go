package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/hook"
	"scanmaster/runner/job"
	"scanmaster/runner/past"
	"scanmaster/runner/plan"
	"scanmaster/runner/rerun"
)

// withEarlier uses the run that a rerun takes outcomes over from, which has made way
// already.
func (r *run) withEarlier(ctx context.Context, s plan.Rerun, use func(rerun.Source) error) (err error) {
	again, err := past.Select(s.Again)
	if err != nil {
		return err
	}
	earlier, err := past.Open(ctx, r.plan.Layout.Dir, r.plan.Layout.Name, s.Run)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, earlier.Close()) }()
	return use(rerun.Source{Run: earlier, Again: again})
}

// stay makes a chunk of what came of the targets that are not scanned again. It is
// done before any worker begins.
func (r *run) stay(ctx context.Context, s plan.Rerun, name string) error {
	to := rerun.To{Prefix: r.prefix, Layout: r.plan.Layout, Chunk: name, Host: r.self.Host, Now: r.cfg.Now}
	var made rerun.Chunk
	err := r.withEarlier(ctx, s, func(from rerun.Source) (err error) {
		made, err = from.Into(ctx, to)
		return err
	})
	if err != nil {
		return fmt.Errorf("what came of the other targets in run %s: %w", s.Run, err)
	}
	if made.Lines != s.Stay {
		return fmt.Errorf("run %s had outcomes of %s targets that stay, and has %s: somebody has changed its files; rerun again",
			s.Run, humanize.Comma(s.Stay), humanize.Comma(made.Lines))
	}
	mark := job.DoneMark{Run: r.plan.Layout.Run, Chunk: name, Host: r.self.Host, Lines: made.Lines, Outcomes: made.Lines, Counts: made.Counts}
	if err := r.stayHook(ctx, made.Folder, &mark); err != nil {
		return err
	}
	if err := rerun.Finish(to, made.Folder, mark); err != nil {
		return err
	}
	return r.addStaying(&chunkRun{name: name, lines: made.Lines, sha256: made.SHA256}, made.Folder)
}

// addStaying counts a chunk that was taken over as one that is done, once its
// record bears that out, as for any worker's.
func (r *run) addStaying(c *chunkRun, folder string) error {
	f, ok := r.doneMarkAs(c, folder)
	if !ok {
		return fmt.Errorf("%s: its record doesn't hold what was written there", r.prefix.Path(folder))
	}
	c.done, c.folder, c.mark = true, folder, f
	c.tally.Counts = f.Counts
	r.chunks = append(r.chunks, c)
	r.summary.Targets += c.lines
	r.judgePost(r.self.Host, f)
	return nil
}

// stayHook runs the post-chunk hook over what was taken over: on this host, since
// no worker has it, in the environment that theirs would have. That it fails becomes part of the mark.
func (r *run) stayHook(ctx context.Context, folder string, mark *job.DoneMark) error {
	post, ok := r.postChunk()
	if !ok {
		return nil
	}
	path := r.prefix.Path(folder)
	env := slices.Concat(launchOf(r.plan).Env, r.secrets.Environ())
	err := r.runHook(ctx, nil, "post_chunk", hook.Hook{Path: r.resolve(post.Path), Args: []string{path}, Dir: path, Env: env})
	failed := new(hook.Error)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil || !errors.As(err, &failed):
		return err
	}
	mark.PostChunk, mark.PostChunkTail = failed.Status, failed.Tail
	if mark.PostChunk < 0 {
		mark.PostChunkError = failed.Err.Error()
	}
	return nil
}

// postChunk gives the post-chunk hook, if there is one.
func (r *run) postChunk() (plan.File, bool) {
	for _, step := range r.plan.Steps {
		stage, ok := step.(plan.Stage)
		if !ok {
			continue
		}
		for _, f := range stage.Files {
			if f.File.Role == job.RolePostChunk {
				return f.File, true
			}
		}
	}
	return plan.File{}, false
}

package worker

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"scanmaster/runner/hook"
	"scanmaster/runner/job"
)

// postChunk runs the hook in the chunk's folder, which is its one argument
// too. That it fails becomes part of the mark.
func (c Config) postChunk(ctx context.Context, src *source, s *shared, mark *job.DoneMark) {
	if src.hook == "" {
		return
	}
	err := s.showResults()
	if err == nil {
		err = c.runHook(ctx, src, s.work.Path("."))
	}
	if err == nil {
		return
	}
	mark.PostChunk = -1
	if failed := new(hook.Error); errors.As(err, &failed) {
		err = failed.Err // which doesn't name the private copy
		mark.PostChunk, mark.PostChunkTail = failed.Status, failed.Tail
	}
	if mark.PostChunk < 0 {
		mark.PostChunkError = err.Error()
	}
	c.Log("post-chunk hook %s: %v", src.hook, err)
}

// showResults makes the folder of the results the newest entry of output/, by the
// share's clock: that is what helpers take it for. A copy of the input that came
// from another host may be newer, and so is what the hook itself has left there
// when its worker died over it.
func (s *shared) showResults() error {
	results, err := s.work.Sub(job.Output, s.minute())
	if err != nil {
		return err
	}
	defer results.Close()
	const name = ".newest"
	if err := results.Mkdir(name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return results.Remove(name)
}

// runHook runs what was verified, from a private copy: on the share somebody
// could have changed it since. Under a classic master, which gives no digest,
// the hook runs where it is, and may look beside itself.
func (c Config) runHook(ctx context.Context, src *source, folder string) (err error) {
	folder, err = filepath.Abs(folder)
	if err != nil {
		return err
	}
	path := src.hook
	if src.hookText != nil {
		private, err := os.MkdirTemp(c.Temp, "scanmaster-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(private)) }()
		path = filepath.Join(private, filepath.Base(src.hook))
		if err := os.WriteFile(path, src.hookText, 0o700); err != nil {
			return err
		}
	}
	return hook.Hook{Path: path, Args: []string{folder}, Dir: folder, Env: c.hookEnviron(), Timeout: c.timeouts().Hook, Hide: c.Secrets.Mask().Stream}.Run(ctx)
}

// hookEnviron is the environment of the hook. A classic master says nothing of it.
func (c Config) hookEnviron() []string {
	if c.Job == nil {
		return c.Environ
	}
	return c.Job.HookEnviron(slices.Concat(c.Environ, c.Secrets.Environ()))
}

package worker

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"scanmaster/runner/hook"
	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// postChunk runs the hook in the chunk's folder, which is its one argument
// too. That it fails becomes part of the mark.
func (c Config) postChunk(ctx context.Context, src *source, work *share.Dir, mark *job.DoneMark) {
	if src.hook == "" {
		return
	}
	err := c.runHook(ctx, src, work.Path("."))
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
	return hook.Hook{Path: path, Args: []string{folder}, Dir: folder, Env: c.Environ, Timeout: c.timeouts().Hook}.Run(ctx)
}

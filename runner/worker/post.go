package worker

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"scanmaster/runner/hook"
	"scanmaster/runner/job"
)

// postChunk runs the hook in the chunk's folder. That it fails is part of the
// mark.
func (c Config) postChunk(ctx context.Context, src *source, f *folders, mark *job.DoneMark) {
	if c.Args.PostChunk == "" {
		return
	}
	path, done, err := c.hookPath(src)
	if err == nil {
		folder := filepath.Clean(f.work.Path("."))
		err = hook.Hook{Path: path, Args: []string{folder}, Dir: folder, Env: c.Environ}.Run(ctx)
		err = errors.Join(err, done())
	}
	if err == nil {
		return
	}
	mark.PostChunk, mark.PostChunkTail = -1, err.Error()
	if failed := new(hook.Error); errors.As(err, &failed) {
		mark.PostChunk, mark.PostChunkTail = failed.Status, failed.Tail
		if failed.Status < 0 {
			mark.PostChunkTail += failed.Error()
		}
	}
	c.Log("post-chunk hook: %v", err)
}

// hookPath gives what to execute: a private copy of what was verified, or
// under a classic master the hook's own path. The second value removes it.
func (c Config) hookPath(src *source) (string, func() error, error) {
	if src.hook == nil {
		path, err := filepath.Abs(c.Args.PostChunk)
		return path, func() error { return nil }, err
	}
	dir, err := os.MkdirTemp(c.Temp, "scanmaster-")
	if err != nil {
		return "", nil, err
	}
	remove := func() error { return os.RemoveAll(dir) }
	path := filepath.Join(dir, "post.chunk")
	if err := os.WriteFile(path, src.hook, 0o700); err != nil { //nolint:gosec // it is to be executed, by its owner
		return "", nil, errors.Join(err, remove())
	}
	return path, remove, nil
}

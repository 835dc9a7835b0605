package main

import (
	"context"
	"errors"

	"scanmaster/cmd/internal/tty"
	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/remote"
)

// attacher is handOver where there is a terminal, and nil where there is none.
func (a *app) attacher() func(context.Context, *host.Host, job.Layout, string) error {
	if a.asker() == nil {
		return nil
	}
	return a.handOver
}

// handOver gives the program's terminal to the session of a chunk's worker, and
// takes it back whatever happens.
func (a *app) handOver(ctx context.Context, h *host.Host, layout job.Layout, chunk string) (err error) {
	t, err := tty.Open()
	if err != nil {
		return err
	}
	// The keyboard is no longer read when the connection is closed, which
	// waits for who reads it.
	defer func() { err = errors.Join(err, t.Stop(), t.Close()) }()
	width, height, err := t.Size()
	if err != nil {
		return err
	}
	sizes, stop := t.Resized()
	defer stop()
	kind := a.getenv("TERM")
	if kind == "" {
		kind = "vt100" // every host knows that one
	}
	return h.Attach(ctx, layout, chunk, remote.Terminal{Term: kind, Width: width, Height: height, Resize: sizes}, t, t)
}

package host

import (
	"context"
	"fmt"
	"io"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
)

// Attach hands a terminal over to the screen session of a worker, until the
// user leaves the session, it ends, or ctx does. What is read from keys after
// that is lost, and ends with Close. The error is ErrNoSession where there is
// no session.
func (h *Host) Attach(ctx context.Context, layout job.Layout, chunk string, t remote.Terminal, keys io.Reader, screen io.Writer) error {
	line, err := h.Session(ctx, layout, chunk)
	if err != nil {
		return err
	}
	exit, err := h.conn.Run(ctx, remote.Command{Line: line, Stdin: keys, Stdout: screen, Stderr: screen, Terminal: &t})
	if err == nil && exit.Status != 0 {
		err = fmt.Errorf("%s: status %d", line, exit.Status)
	}
	return err
}

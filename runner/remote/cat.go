package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"scanmaster/runner/job"
)

// maxComplaint is how much of what a host says to a refused file is kept, in
// bytes.
const maxComplaint = 500

// byCat writes the file through the account's shell, for hosts without SFTP.
// A line that is lost ends cat as the end of the file does, so that the file
// gets its name only when its size has been looked at.
func (u *upload) byCat(ctx context.Context, c *Conn) error {
	dir, name, part := job.Quote(u.dir), job.Quote(u.name), job.Quote(u.part)
	take := fmt.Sprintf("umask 077 && mkdir -p %s && set -C && cat >%s", dir, part)
	if _, err := c.shell(ctx, take, u.from); err != nil {
		u.dropByCat(ctx, c)
		return err
	}
	size, err := c.shell(ctx, "wc -c <"+part, nil)
	if err == nil && strings.TrimSpace(size) != fmt.Sprint(u.from.n) {
		err = u.sizeError(fmt.Sprintf("%q", strings.TrimSpace(size)))
	}
	if err == nil {
		// mv would put the file into a folder of its name.
		_, err = c.shell(ctx, fmt.Sprintf("if [ -d %[2]s ]; then echo it is a folder >&2; exit 1; fi; chmod %[3]o %[1]s && mv -f %[1]s %[2]s",
			part, name, u.mode), nil)
	}
	if err != nil {
		u.dropByCat(ctx, c)
	}
	return err
}

// dropByCat removes what was begun, where there still is a line.
func (u *upload) dropByCat(ctx context.Context, c *Conn) {
	_, _ = c.shell(ctx, "rm -f "+job.Quote(u.part), nil) // the failure before it counts
}

// shell runs a script under the POSIX shell, whatever the account's own is,
// and gives the beginning of its output. A status other than 0 is KindDenied,
// with what it said.
func (c *Conn) shell(ctx context.Context, script string, stdin io.Reader) (string, error) {
	said, complaint := &head{}, &head{}
	exit, err := c.Run(ctx, Command{Line: "exec sh -c " + job.Quote(script), Stdin: stdin, Stdout: said, Stderr: complaint})
	if err != nil {
		return "", err
	}
	if exit.Status != 0 {
		text := strings.TrimSpace(complaint.String())
		if text == "" {
			text = fmt.Sprintf("the host's shell ended with status %d", exit.Status)
		}
		return "", &Error{Phase: PhaseCopy, Kind: KindDenied, Err: errors.New(text)}
	}
	return said.String(), nil
}

// head keeps the beginning of what is written to it.
type head struct{ strings.Builder }

// Write takes all, and keeps what there is room for.
func (h *head) Write(p []byte) (int, error) {
	_, _ = h.Builder.Write(p[:min(len(p), maxComplaint-h.Len())]) // it never fails
	return len(p), nil
}

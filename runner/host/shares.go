package host

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"scanmaster/runner/job"
)

//go:embed shares.sh
var sharesScript string

// ProbeDir is the folder of the probe files, below job.State in the shared
// folder. The master makes it.
const ProbeDir = "probe"

// ErrNotShared tells that a host doesn't see what the master has written.
var ErrNotShared = errors.New("not the folder that the master sees")

// SharePeek is what shows that a host and the master see one folder: each
// writes a file that the other reads. The files are the master's to remove.
type SharePeek struct {
	// Dir is the shared folder.
	Dir string
	// Read is the name of the master's file in the folder of the probe files,
	// Token the one line in it: letters and digits.
	Read, Token string
	// Write is the name of the file that the host writes, Answer the one line.
	// What is left of one that couldn't be written has the name with ".new".
	Write, Answer string
	// Wait is how long the master's file may take to show.
	Wait time.Duration
}

// Shares waits for the master's probe file on the host, then writes the host's
// own. The error is ErrNotShared where the time has passed.
func (h *Host) Shares(ctx context.Context, p SharePeek) error {
	late := time.NewTimer(p.Wait)
	defer late.Stop()
	v := vars{
		"dir": p.Dir, "folder": filepath.Join(p.Dir, job.State, ProbeDir),
		"read": p.Read, "token": p.Token, "write": p.Write, "content": p.Answer,
	}
	for pause := firstPause; ; pause = min(2*pause, maxSharePause) {
		a, err := h.ask(ctx, sharesScript, v)
		switch {
		case err != nil:
			return fmt.Errorf("%s can't be written there: %w", p.Dir, err)
		case a.yes("missing"):
			return fmt.Errorf("%s isn't there: mount the share", p.Dir)
		case a.yes("found"):
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		case <-late.C:
			return fmt.Errorf("%s is %w: no %s was seen there within %v; mount the same share",
				p.Dir, ErrNotShared, p.Read, p.Wait)
		}
	}
}

// firstPause and its likes are how long to wait between two looks; each is
// twice the one before, up to the bound.
const (
	firstPause    = 50 * time.Millisecond
	maxSharePause = 2 * time.Second
)

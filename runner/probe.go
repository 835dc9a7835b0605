package runner

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/dustin/go-humanize"
	"golang.org/x/sys/unix"

	"scanmaster/runner/plan"
)

// minRoom is the free space, in bytes, below which no worker is started: what
// would be written is lost, and so is the time.
const minRoom = 64 << 20

// probe finds out which workers can work. Those on this machine share its
// folder and its room; that the folder can be written the lock has shown.
func (r *run) probe(_ context.Context, s plan.Probe) (string, error) {
	if err := r.able(); err != nil {
		return "", fmt.Errorf("no worker could work: %w", err)
	}
	room, err := freeBytes(s.Dir)
	if err != nil {
		return "", err
	}
	if room < minRoom {
		reason := fmt.Sprintf("%s has %s left, and %s are needed", s.Dir, humanize.IBytes(room), humanize.IBytes(minRoom))
		for _, w := range s.Workers {
			r.report(WorkerSkipped{Worker: w.Name, Reason: reason})
		}
		return "", errors.New("no worker can work: " + reason)
	}
	r.live = s.Workers
	return fmt.Sprintf("%d of %d workers, %s free", len(r.live), len(s.Workers), humanize.IBytes(room)), nil
}

func freeBytes(path string) (uint64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return 0, fmt.Errorf("statfs %s: %w", path, err)
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}

// agent looks whether the ssh-agent answers that workers on this machine use.
func (r *run) agent(ctx context.Context) (string, error) {
	if r.cfg.AgentSocket == "" {
		return "none: key files only", nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", r.cfg.AgentSocket)
	if err != nil {
		r.report(Warning{Text: fmt.Sprintf("the ssh-agent doesn't answer: %v", err)})
		return "none: key files only", nil
	}
	return r.cfg.AgentSocket, conn.Close()
}

// Package mirror keeps the files of one chunk the same on a worker host without
// the shared folder and in that folder: what the worker needs goes there, and what
// it leaves comes back as it grows, by SFTP.
package mirror

import (
	"context"
	"sync"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/remote"
	"scanmaster/runner/share"
)

// every is the time between two looks at the host, and until it is told of the
// master again.
const every = time.Second

// Config is which files of which chunk.
type Config struct {
	// Here is where everything is in the shared folder, There on the host, where
	// this chunk has a folder of its own.
	Here, There job.Layout
	Chunk       string
	// Prefix is the scan's folder here, Run the run's hidden folder, and Keys that
	// of the targets' host keys; nil where those aren't looked at. They stay the
	// caller's, and open until nobody uses the mirror.
	Prefix, Run, Keys *share.Dir
	// Master names the master in its signs of life.
	Master string
	// Warn is told what is left behind, and why.
	Warn func(format string, args ...any)
}

// Mirror brings what a worker leaves. One goroutine follows at a time; Whole may
// be called by others.
type Mirror struct {
	cfg Config
	// compared tells that what is here of the chunk's folder begins as what is
	// there.
	compared bool
	// seen is what was brought of files that change as a whole.
	seen map[string]stamp
	// left are links and the like, which are not brought.
	left map[string]bool
	// beat is the worker's last progress mark that was brought, limit what the
	// host was given of the master's wish for the end of the chunk. They are the
	// pulse's.
	beat, limit string

	mu sync.Mutex
	// folder is the name of the chunk's folder, WMIN.CHUNK; empty until it is
	// known.
	folder string
	// begun counts the looks that were begun, whole is the number of the last one
	// of which all was brought.
	begun, whole int
	changed      chan struct{} // closed when whole has changed
}

// New makes a mirror of a chunk that a worker is at, or was. It holds nothing.
func New(cfg Config) *Mirror {
	return &Mirror{cfg: cfg, seen: make(map[string]stamp), left: make(map[string]bool), changed: make(chan struct{})}
}

// Follow brings what the worker leaves until all of it is there and .done too,
// which it reports by true. The error is what keeps it from that, among them the
// end of ctx, which is its cause; it may be called again then.
func (m *Mirror) Follow(ctx context.Context, h *host.Host) (over bool, err error) {
	s, err := m.open(ctx, h)
	if err != nil {
		return false, err
	}
	defer s.files.Close()
	s.pulse = s.newPulse()
	defer s.pulse.end()
	for {
		if over, err = s.look(); over || err != nil {
			return over, because(ctx, err)
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(every):
		}
	}
}

// Fetch brings once what a worker has left that is gone: nobody may be at the
// chunk, there or here. It reports true where .done is there, too. The error is
// fs.ErrNotExist where what was brought there is gone.
func (m *Mirror) Fetch(ctx context.Context, h *host.Host) (over bool, err error) {
	s, err := m.open(ctx, h)
	if err != nil {
		return false, err
	}
	defer s.files.Close()
	if _, err = s.files.Lstat(m.cfg.There.RunDir()); err == nil {
		over, err = s.look()
	}
	return over, because(ctx, err)
}

// because gives the cause of the end of ctx in the place of what follows from it.
func because(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// Whole waits until all was brought that the worker has left up to now. The error
// is the cause of the end of ctx.
func (m *Mirror) Whole(ctx context.Context) error {
	m.mu.Lock()
	now := m.begun
	m.mu.Unlock()
	for {
		m.mu.Lock()
		whole, changed := m.whole, m.changed
		m.mu.Unlock()
		if whole > now {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// begin begins a look and gives its number.
func (m *Mirror) begin() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begun++
	return m.begun
}

// brought tells that all was brought that a look has found.
func (m *Mirror) brought(number int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.whole = number
	close(m.changed)
	m.changed = make(chan struct{})
}

// session is a mirror with the host's files open.
type session struct {
	*Mirror
	ctx   context.Context //nolint:containedctx // it is that of the files
	host  *host.Host
	files *remote.Files
	pulse *pulse // nil where nobody works
}

// known gives the name of the chunk's folder; empty until it is known.
func (m *Mirror) known() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.folder
}

// foundAs takes note of the name of the chunk's folder.
func (m *Mirror) foundAs(folder string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.folder = folder
}

func (m *Mirror) open(ctx context.Context, h *host.Host) (*session, error) {
	files, err := h.Files(ctx)
	if err != nil {
		return nil, because(ctx, err)
	}
	return &session{Mirror: m, ctx: ctx, host: h, files: files}, nil
}

package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"github.com/dustin/go-humanize"
	"golang.org/x/sys/unix"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// minRoom is the free space, in bytes, below which no worker is started: what
// would be written is lost, and so is the time. minFiles is the same for the
// number of files.
const (
	minRoom  = 64 << 20
	minFiles = 1000
)

// mendDir is what mends a shared folder that isn't there.
const mendDir = "make it, or mount it, or name another as dir"

// probeHere looks at this machine; all workers on it share its folder and its
// room.
func probeHere(s plan.Probe, cfg Config) (host.Facts, []job.Finding) {
	f := host.Facts{
		OS: runtime.GOOS, Arch: runtime.GOARCH, Home: cfg.Home, User: cfg.User, UID: os.Getuid(), GID: os.Getgid(),
		Dir: host.Dir{Path: s.Dir, Free: -1, Inodes: -1},
	}
	if err := lookAt(&f.Dir); err != nil {
		return f, []job.Finding{{About: job.AboutShare, Text: err.Error()}}
	}
	var reasons []job.Finding
	switch d := f.Dir; {
	case !d.Readable || !d.Writable:
		return f, []job.Finding{{About: job.AboutShare, Text: fmt.Sprintf("%s can't be read and written by %s: chown or chmod it, or mount it rw", d.Path, cfg.User)}}
	case d.Free < minRoom:
		reasons = append(reasons, job.Finding{About: job.AboutRoom, Text: fmt.Sprintf("%s has %s left, and %s are needed: make room",
			d.Path, humanize.IBytes(uint64(d.Free)), humanize.IBytes(minRoom))})
	case d.Inodes >= 0 && d.Inodes < minFiles:
		reasons = append(reasons, job.Finding{About: job.AboutRoom, Text: fmt.Sprintf("%s has room for %d more files, and %d are needed: remove some", d.Path, d.Inodes, minFiles)})
	}
	return f, reasons
}

// lookAt finds out what the shared folder is like here. The error says what
// mends it.
func lookAt(d *host.Dir) error {
	info, err := os.Stat(d.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s isn't there: %s", d.Path, mendDir)
	case err != nil:
		return fmt.Errorf("the shared folder: %w", err)
	case !info.IsDir():
		d.IsFile = true
		return fmt.Errorf("%s is no folder: name another as dir", d.Path)
	}
	d.Exists, d.Mode = true, info.Mode()
	d.Readable = unix.Access(d.Path, unix.R_OK|unix.X_OK) == nil
	d.Writable = unix.Access(d.Path, unix.W_OK|unix.X_OK) == nil
	var room unix.Statfs_t
	if err := unix.Statfs(d.Path, &room); err != nil {
		return fmt.Errorf("the room in %s: %w", d.Path, err)
	}
	d.Free = int64(min(room.Bavail*uint64(room.Bsize), 1<<62))
	if room.Files > 0 { // some file systems have no such bound
		d.Inodes = int64(min(room.Ffree, 1<<62))
	}
	return nil
}

package host

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// Found gives what is well with a host: for all but what Refuse and Warn have told
// of. It holds words of the host's, raw.
func (f Facts) Found(n Need) []job.Finding {
	told := make(map[job.About]bool)
	for _, bad := range append(f.Refuse(n), f.Warn(n)...) {
		told[bad.About] = true
	}
	var all []job.Finding
	add := func(about job.About, format string, args ...any) {
		if !told[about] {
			all = append(all, finding(about, format, args...)...)
		}
	}
	switch n.Launch {
	case plan.ViaScreen:
		add(job.AboutScreen, "%s keeps a session", strings.TrimSpace(f.Screen.Version))
	default:
		add(job.AboutScreen, "setsid is there, and screen is not needed (launch: process)")
	}
	switch {
	case n.Deploy != spec.DeployNever:
	case f.Scanslave.Classic:
		add(job.AboutProgram, "%s, of the classic suite", f.Scanslave.Path)
	default:
		add(job.AboutProgram, "%s, %s", f.Scanslave.Path, f.Scanslave.Version)
	}
	if room := f.Dir.Room(); room != "" {
		add(job.AboutRoom, "%s", room)
	}
	if f.Skew.Abs() <= f.SkewBy+time.Second {
		add(job.AboutClock, "the same as the master's, to within %v", (f.SkewBy + 2*time.Second).Truncate(time.Second))
	} else {
		add(job.AboutClock, "%v from the master's, which does no harm", f.Skew.Round(time.Second))
	}
	return all
}

// Room says how much there is room for, as far as the file system tells.
func (d Dir) Room() string {
	switch {
	case !d.Exists || d.Free < 0:
		return ""
	case d.Inodes < 0:
		return humanize.IBytes(uint64(d.Free))
	}
	return fmt.Sprintf("%s and %s files", humanize.IBytes(uint64(d.Free)), humanize.Comma(d.Inodes))
}

// Ident is what the SSH server says that it is, raw; empty of this machine.
func (h *Host) Ident() string {
	if c, ok := h.conn.(interface{ Ident() string }); ok {
		return c.Ident()
	}
	return ""
}

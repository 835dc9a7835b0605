package host

import (
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// Need is what a scan needs of its worker hosts.
type Need struct {
	// Room is how many bytes must be free in the shared folder, Inodes how
	// many more files it must have room for.
	Room, Inodes int64
	// Launch is plan.ViaScreen or plan.ViaProcess.
	Launch string
	// Deploy is "auto" or spec.DeployNever. Builds are the systems that a
	// binary is there for, as "linux/amd64".
	Deploy string
	Builds []string
	// Classic says what a scanslave of the classic suite is refused for; nil
	// where none can be met.
	Classic *plan.Classic
	// UID and User are the master's.
	UID  int
	User string
}

// Refuse gives the reasons why the host can't work for a scan, each with what
// mends it; none where it can. They hold words of the host's, raw.
func (f Facts) Refuse(n Need) []job.Finding {
	var reasons []job.Finding
	add := func(bad bool, format string, args ...any) {
		if bad {
			reasons = append(reasons, finding(job.AboutScreen, format, args...)...)
		}
	}
	switch n.Launch {
	case plan.ViaScreen:
		add(f.Screen.Path == "", "there is no screen: install it there, or say launch: process")
		add(f.Screen.Path != "" && !f.Screen.Works,
			"screen can't keep a session (%s): chmod 1777 /run/screen there, or say launch: process", f.Screen.Says)
	case plan.ViaProcess:
		add(!f.Setsid, "there is no setsid: install util-linux there, or say launch: screen")
	}
	reasons = append(reasons, f.refuseProgram(n)...)
	add(f.Logind.Kills && !f.Logind.Linger,
		"logind ends what a user has left running at the logout: loginctl enable-linger %s there", f.User)
	return append(reasons, f.refuseDir(n)...)
}

// refuseProgram judges what would be the worker.
func (f Facts) refuseProgram(n Need) []job.Finding {
	s := f.Scanslave
	switch {
	case n.Deploy != spec.DeployNever:
		system := f.OS + "/" + f.Arch
		if !slices.Contains(n.Builds, system) {
			return finding(job.AboutProgram, "it is %s, and there is no build for that: "+
				"deploy_from: DIR, a folder with %s in it (task build:all)", system, buildName(f.OS, f.Arch))
		}
	case s.Path == "":
		return finding(job.AboutProgram, "there is no scanslave in its PATH: install it there, or leave deploy: never away")
	case s.Classic && n.Classic != nil && len(n.Classic.Refused) > 0:
		return finding(job.AboutProgram, "%s is of the classic suite, which knows nothing of %s: leave deploy: never away",
			s.Path, list(n.Classic.Refused))
	case !s.Classic && s.Version == "":
		return finding(job.AboutProgram, "%s is no scanslave that runs there: install one, or leave deploy: never away", s.Path)
	}
	return nil
}

// refuseDir judges the shared folder.
func (f Facts) refuseDir(n Need) []job.Finding {
	d := f.Dir
	switch {
	case d.Instead:
	case d.IsFile:
		return finding(job.AboutShare, "%s is no folder there: mount the share on a folder", d.Path)
	case !d.Exists:
		return finding(job.AboutShare, "%s isn't there: mount the share", d.Path)
	case !f.mayShare(n):
		return finding(job.AboutShare, "it works as %s, and the master as %s, who share no group of %s: "+
			"chgrp GROUP %s && chmod 2770 %s, with a GROUP that both are in", f.User, n.User, d.Path, d.Path, d.Path)
	case !d.Readable || !d.Writable:
		return finding(job.AboutShare, "%s can't be %s by %s there: mount it rw, or chown %s %s",
			d.Path, lacking(d), f.User, f.User, d.Path)
	}
	var reasons []job.Finding
	if d.Free >= 0 && d.Free < n.Room {
		reasons = append(reasons, finding(job.AboutRoom, "%s has %s left there, and %s are needed: make room",
			d.Path, humanize.IBytes(uint64(d.Free)), humanize.IBytes(uint64(n.Room)))...)
	}
	if d.Inodes >= 0 && d.Inodes < n.Inodes {
		reasons = append(reasons, finding(job.AboutRoom, "%s has room for %d more files there, and %d are needed: remove some",
			d.Path, d.Inodes, n.Inodes)...)
	}
	return reasons
}

// lacking says what can't be done with a folder.
func lacking(d Dir) string {
	if !d.Readable {
		return "read"
	}
	return "written"
}

// mayShare tells whether master and worker can read what the other writes:
// they are one user, or have the folder's group in common.
func (f Facts) mayShare(n Need) bool {
	if f.UID == n.UID {
		return true
	}
	const shared = fs.ModeSetgid | 0o070
	return f.Dir.Mode&shared == shared && slices.Contains(f.Groups, f.Dir.GID)
}

// maxSkew is how far clocks may be apart without a word about it.
const maxSkew = 5 * time.Second

// Warn gives what is worth knowing and no reason not to work.
func (f Facts) Warn(n Need) []job.Finding {
	var warnings []job.Finding
	if off := f.Skew.Abs() - f.SkewBy; off > maxSkew {
		way := "ahead of"
		if f.Skew < 0 {
			way = "behind"
		}
		warnings = append(warnings, finding(job.AboutClock, "its clock is %v %s the master's: let chrony or ntpd set it", f.Skew.Abs().Round(time.Second), way)...)
	}
	if n.Deploy == spec.DeployNever && f.Scanslave.Classic && n.Classic != nil && len(n.Classic.Ignored) > 0 {
		warnings = append(warnings, finding(job.AboutProgram, "its scanslave is of the classic suite: %s don't hold there", list(n.Classic.Ignored))...)
	}
	return warnings
}

// finding is one in a list.
func finding(about job.About, format string, args ...any) []job.Finding {
	return []job.Finding{{About: about, Text: fmt.Sprintf(format, args...)}}
}

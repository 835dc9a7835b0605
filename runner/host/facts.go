package host

import (
	"io/fs"
	"time"
)

// Facts is what a look at a host has found. Words of the host's are raw.
type Facts struct {
	// OS and Arch are in Go's words; uname's own where Go has none.
	OS, Arch string
	// Home is where commands over SSH begin, User who they run as.
	Home, User string
	UID, GID   int
	// Groups are all groups of the user, GID among them.
	Groups []int
	Umask  fs.FileMode
	// Skew is how far the host's clock is ahead of ours; it is known to half
	// the time of the look, which is SkewBy.
	Skew, SkewBy time.Duration

	Screen    Screen
	Setsid    bool // there is a setsid(1)
	Scanslave Scanslave
	Logind    Logind
	Dir       Dir
}

// Screen is the screen(1) of a host.
type Screen struct {
	// Path is empty where there is none.
	Path, Version string
	// Works tells that it can keep sessions, in Dir if that isn't empty
	// (SCREENDIR); else Says is what it complains of.
	Works     bool
	Dir, Says string
}

// Scanslave is the scanslave in the PATH of a host.
type Scanslave struct {
	// Path is empty where there is none.
	Path string
	// Version is that of one of ours. Classic tells that it is one of the
	// classic suite; where neither is said it is something else.
	Version string
	Classic bool
}

// Logind is what systemd-logind does with what runs on when its user has
// logged out (logind.conf(5)).
type Logind struct {
	// Kills tells that it would be ended.
	Kills bool
	// Linger tells that the user may keep processes all the same.
	Linger bool
}

// Dir is the shared folder as a host sees it.
type Dir struct {
	Path string
	// Exists tells that it is there, and a folder; IsFile that it is there
	// and something else.
	Exists, IsFile     bool
	Readable, Writable bool
	// Apart tells that it is not the folder that the master sees. Instead tells
	// that it stands in the place of that one: files go there and come by SFTP.
	Apart, Instead bool
	// Mode holds the permissions and fs.ModeSetgid.
	Mode     fs.FileMode
	UID, GID int
	// Free is the room that is left, in bytes, Inodes how many files more
	// there may be; negative where the file system doesn't say.
	Free, Inodes int64
}

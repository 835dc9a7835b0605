package share

import (
	"io/fs"
	"path/filepath"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Stamp tells which file one is, how long it is, and when it was written last:
// two of the same file are equal while nobody has changed it (inode(7)). The
// zero Stamp is that of no file.
type Stamp struct {
	dev, ino uint64
	size     int64
	written  unix.Timespec
}

// StampOf gives the stamp of what was looked at on a file system.
func StampOf(info fs.FileInfo) Stamp {
	known, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return Stamp{}
	}
	return Stamp{
		dev: uint64(known.Dev), ino: known.Ino, size: known.Size, //nolint:unconvert // it differs from system to system
		written: unix.NsecToTimespec(info.ModTime().UnixNano()),
	}
}

// looks is how many files are looked at side by side: on a network file system
// each look is a few round trips.
const looks = 16

// Stamps gives the stamps of the files of one name in some folders below, none
// of which is followed itself. A folder may be a link, to anywhere: a stamp is
// good to be compared, and for nothing else. It is zero where there is no file, or
// none that can be looked at.
func (d *Dir) Stamps(name string, folders []string) ([]Stamp, error) {
	here, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer here.Close()
	at := int(here.Fd()) //nolint:gosec // a descriptor is small
	stamps := make([]Stamp, len(folders))
	var group sync.WaitGroup
	for first := range min(looks, len(folders)) {
		group.Go(func() {
			for i := first; i < len(folders); i += looks {
				stamps[i] = stamp(at, folders[i], name)
			}
		})
	}
	group.Wait()
	return stamps, nil
}

func stamp(at int, folder, name string) Stamp {
	var found unix.Stat_t
	if checkName(folder) != nil || checkName(name) != nil {
		return Stamp{}
	}
	if err := unix.Fstatat(at, filepath.Join(folder, name), &found, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return Stamp{}
	}
	return Stamp{
		dev: uint64(found.Dev), ino: found.Ino, size: found.Size, //nolint:unconvert // it differs from system to system
		written: unix.NsecToTimespec(unix.TimespecToNsec(found.Mtim)),
	}
}

package share

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// Mkdir makes one folder, with the share's mode whatever the umask.
func (d *Dir) Mkdir(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if err := d.root.Mkdir(name, d.perm); err != nil {
		return d.fault("mkdir", name, err)
	}
	if d.perm == 0o770 {
		if err := d.root.Chmod(name, d.perm|fs.ModeSetgid); err != nil {
			return d.fault("chmod", name, err)
		}
	}
	return nil
}

// Rename moves an entry within the folder.
func (d *Dir) Rename(from, to string) error {
	if err := errors.Join(checkName(from), checkName(to)); err != nil {
		return err
	}
	return d.root.Rename(from, to)
}

// MoveInto moves an entry into a folder below, under the same name.
func (d *Dir) MoveInto(name string, below ...string) error {
	for _, elem := range append([]string{name}, below...) {
		if err := checkName(elem); err != nil {
			return err
		}
	}
	sub, err := d.Make(below...)
	if err != nil {
		return err
	}
	if err := sub.Close(); err != nil {
		return err
	}
	return d.root.Rename(name, filepath.Join(filepath.Join(below...), name))
}

// Remove removes a file or an empty folder.
func (d *Dir) Remove(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return d.root.Remove(name)
}

// RemoveAll removes an entry and all below it; links are removed, not followed.
func (d *Dir) RemoveAll(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return d.root.RemoveAll(name)
}

// Chtimes sets an entry's time of last change.
func (d *Dir) Chtimes(name string, at time.Time) error {
	if err := checkName(name); err != nil {
		return err
	}
	return d.root.Chtimes(name, at, at)
}

// Touch sets the folder's own time of last change to now. Who watches the folder
// above hears of it (inotify(7), IN_ATTRIB), and needs not watch all that is
// written here.
func (d *Dir) Touch() error {
	now := time.Now()
	return d.root.Chtimes(".", now, now)
}

// Lstat tells about an entry without following it.
func (d *Dir) Lstat(name string) (fs.FileInfo, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	return d.root.Lstat(name)
}

// ReadDir lists the folder, sorted by name.
func (d *Dir) ReadDir() ([]fs.DirEntry, error) { return fs.ReadDir(d.root.FS(), ".") }

// Names lists the names in the folder, sorted. Unlike ReadDir it looks at none of
// the entries, each of which is a round trip on a network file system.
func (d *Dir) Names() (names []string, err error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	names, err = f.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// Sync hands the folder's own entries to the disk.
func (d *Dir) Sync() error {
	f, err := d.root.Open(".")
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil // a network file system that has no such thing
	}
	return errors.Join(err, f.Close())
}

// Package share opens folders on the shared file system so that nothing in
// them can lead elsewhere: no component is a link, no file is anything but a
// regular file, and what is written appears whole or not at all.
package share

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// ErrLink is returned where a link, or anything else that isn't a plain file
// or folder, stands where one of ours should be.
var ErrLink = errors.New("not a plain file or folder")

// maxSmall bounds what ReadFile takes in, in bytes.
const maxSmall = 64 << 20

// Dir is an open folder. Whoever opened it closes it. It is safe for
// concurrent use.
type Dir struct {
	root *os.Root
	path string
	// perm is the mode of new folders; files get it without the x bits.
	perm fs.FileMode
}

// Open opens the shared folder itself, which may be reached through links: it
// is the user's own word. Folders made below it get mode 0700, or 0770 where
// it is setgid and group-writable.
func Open(path string) (*Dir, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	info, err := root.Stat(".")
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	perm := fs.FileMode(0o700)
	if info.Mode()&fs.ModeSetgid != 0 && info.Mode().Perm()&0o020 != 0 {
		perm = 0o770
	}
	return &Dir{root: root, path: path, perm: perm}, nil
}

// Close gives the folder back.
func (d *Dir) Close() error { return d.root.Close() }

// Same reports whether two open folders are one.
func (d *Dir) Same(other *Dir) (bool, error) {
	a, errA := d.root.Stat(".")
	b, errB := other.root.Stat(".")
	if err := errors.Join(errA, errB); err != nil {
		return false, err
	}
	return os.SameFile(a, b), nil
}

// Path is the path of a name in the folder, for messages and for commands.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Sub opens a folder below, one element at a time; each must be a real folder.
// The error is ErrLink where one is not, fs.ErrNotExist where it isn't there.
func (d *Dir) Sub(elems ...string) (*Dir, error) { return d.sub(elems, false) }

// Make is Sub, but makes the folders that aren't there.
func (d *Dir) Make(elems ...string) (*Dir, error) { return d.sub(elems, true) }

func (d *Dir) sub(elems []string, create bool) (*Dir, error) {
	at := d
	for _, elem := range elems {
		next, err := at.enter(elem, create)
		if at != d {
			err = errors.Join(err, at.Close())
		}
		if err != nil {
			return nil, err
		}
		at = next
	}
	if at == d {
		return nil, fmt.Errorf("share: no folder named below %s", d.path)
	}
	return at, nil
}

func (d *Dir) enter(elem string, create bool) (*Dir, error) {
	if err := checkName(elem); err != nil {
		return nil, err
	}
	if create {
		if err := d.Mkdir(elem); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	before, err := d.root.Lstat(elem)
	if err != nil {
		return nil, d.fault("open", elem, err)
	}
	if !before.IsDir() {
		return nil, d.fault("open", elem, ErrLink)
	}
	root, err := d.root.OpenRoot(elem)
	if err != nil {
		return nil, d.fault("open", elem, err)
	}
	// Between the look and the opening somebody may have put a link there.
	after, err := root.Stat(".")
	if err == nil && !os.SameFile(before, after) {
		err = ErrLink
	}
	if err != nil {
		return nil, errors.Join(d.fault("open", elem, err), root.Close())
	}
	return &Dir{root: root, path: d.Path(elem), perm: d.perm}, nil
}

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

// Create makes a new file for reading and writing; fs.ErrExist where there is
// one already. The caller closes it.
func (d *Dir) Create(name string) (*os.File, error) {
	return d.openFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
}

// OpenFile opens a file that is there, for reading, and for writing where
// flag says so. The caller closes it. The error is ErrLink where it isn't a
// regular file.
func (d *Dir) OpenFile(name string, flag int) (*os.File, error) {
	return d.openFile(name, flag&^(os.O_CREATE|os.O_EXCL))
}

func (d *Dir) openFile(name string, flag int) (*os.File, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	creating := flag&os.O_CREATE != 0
	var before fs.FileInfo
	if !creating {
		var err error
		if before, err = d.root.Lstat(name); err != nil {
			return nil, d.fault("open", name, err)
		}
		if !before.Mode().IsRegular() {
			return nil, d.fault("open", name, ErrLink)
		}
	}
	f, err := d.root.OpenFile(name, flag|syscall.O_NONBLOCK, d.perm&0o666)
	if err != nil {
		return nil, d.fault("open", name, err)
	}
	after, err := f.Stat()
	switch {
	case err != nil:
	case creating && d.perm == 0o770:
		err = f.Chmod(d.perm & 0o666)
	case !creating && !os.SameFile(before, after):
		err = ErrLink
	}
	if err != nil {
		return nil, errors.Join(d.fault("open", name, err), f.Close())
	}
	return f, nil
}

// OpenRegular opens a file for reading wherever it is, links followed, but
// nothing that could hang its reader: no FIFO, no device, no folder. The
// caller closes it.
func OpenRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errors.New("it is no regular file")}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// ReadFile reads a small file; one over 64 MiB is an error.
func (d *Dir) ReadFile(name string) ([]byte, error) {
	f, err := d.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSmall+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSmall {
		return nil, fmt.Errorf("%s: over %d MiB", d.Path(name), maxSmall>>20)
	}
	return data, nil
}

// WriteFile makes a file appear whole: it is written under another name,
// synced, and renamed.
func (d *Dir) WriteFile(name string, data []byte) error { return d.write(name, data, 0, true) }

// WriteScript is WriteFile for a file that can be executed.
func (d *Dir) WriteScript(name string, data []byte) error { return d.write(name, data, 0o100, true) }

// Publish is WriteFile without the sync: for what is written often and whose
// loss in a power cut costs nothing.
func (d *Dir) Publish(name string, data []byte) error { return d.write(name, data, 0, false) }

func (d *Dir) write(name string, data []byte, mode fs.FileMode, sync bool) (err error) {
	if err := checkName(name); err != nil {
		return err
	}
	temp := ".new-" + rand.Text()
	f, err := d.Create(temp)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.root.Remove(temp))
		}
	}()
	_, err = f.Write(data)
	if err == nil && mode != 0 {
		err = f.Chmod(d.perm&0o666 | mode)
	}
	if err == nil && sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return d.Rename(temp, name)
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

// Lstat tells about an entry without following it.
func (d *Dir) Lstat(name string) (fs.FileInfo, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	return d.root.Lstat(name)
}

// ReadDir lists the folder, sorted by name.
func (d *Dir) ReadDir() ([]fs.DirEntry, error) { return fs.ReadDir(d.root.FS(), ".") }

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

func (d *Dir) fault(op, name string, err error) error {
	if pathErr := new(fs.PathError); errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return &fs.PathError{Op: op, Path: d.Path(name), Err: err}
}

func checkName(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return fmt.Errorf("share: %q is no name of an entry", name)
	}
	return nil
}

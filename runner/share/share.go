// Package share opens folders on the shared file system so that nothing in
// them can lead elsewhere: no component is a link, no file is anything but a
// regular file, and what is written appears whole or not at all.
package share

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrLink is returned where a link, or anything else that isn't a plain file
// or folder, stands where one of ours should be.
var ErrLink = errors.New("not a plain file or folder")

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
	// Opening anything else could hang, as that of a FIFO does.
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
	}
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

// IsAt reports whether a path leads to this very folder. The error is
// fs.ErrNotExist where it leads nowhere.
func (d *Dir) IsAt(path string) (bool, error) {
	there, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	here, err := d.root.Stat(".")
	return err == nil && os.SameFile(here, there), err
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

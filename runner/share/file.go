package share

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// maxSmall bounds what ReadFile takes in, in bytes.
const maxSmall = 64 << 20

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

// tempPrefix begins the names of files that are not whole yet.
const tempPrefix = ".new-"

// Tidy removes what a process has left in the folder that died while it wrote.
// Nobody else may write files there meanwhile.
func (d *Dir) Tidy() error {
	entries, err := d.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) && e.Type().IsRegular() {
			if err := d.Remove(e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

func (d *Dir) write(name string, data []byte, mode fs.FileMode, sync bool) (err error) {
	if err := checkName(name); err != nil {
		return err
	}
	temp := tempPrefix + rand.Text()
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

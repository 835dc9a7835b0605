package junit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
)

// File is where a report goes: whole, or not at all.
type File struct {
	path string
	temp *os.File
}

// Create makes sure that a report can be written to a path, before there is one:
// a report of an earlier run that is there is removed, so that nobody takes it for
// this run's. Whoever creates a File writes to it, or discards it.
func Create(path string) (*File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a plain file", path)
	}
	temp, err := os.OpenFile(path+"."+strconv.Itoa(os.Getpid())+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666) // for other programs, as the umask has it
	if err != nil {
		return nil, err
	}
	f := &File{path, temp}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, f.Discard())
	}
	return f, nil
}

// Write has a report written, which takes its place when it is whole.
func (f *File) Write(report func(io.Writer) error) error {
	if err := report(f.temp); err != nil {
		return errors.Join(err, f.Discard())
	}
	if err := f.temp.Close(); err != nil {
		return errors.Join(err, os.Remove(f.temp.Name()))
	}
	return os.Rename(f.temp.Name(), f.path)
}

// Discard leaves no report.
func (f *File) Discard() error { return errors.Join(f.temp.Close(), os.Remove(f.temp.Name())) }

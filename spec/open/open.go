// Package open opens the files that a scan names for reading: any, or only
// those of one repository. It opens nothing but regular files, and waits for
// nobody.
package open

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// Opener opens files for reading. A relative path starts from the working
// directory.
type Opener interface {
	// Open opens a regular file; the caller closes it. The error is
	// fs.ErrNotExist where it isn't there, and else a Problem.
	Open(path string) (*os.File, fs.FileInfo, error)
	// Folder tells whether a folder is there, by the same errors.
	Folder(path string) error
}

// Problem says why a file can't be used: it completes a sentence that begins with
// the file's name. It never quotes what the file holds.
type Problem string

// Error gives the words.
func (p Problem) Error() string { return string(p) }

// OfIt is the same after "the file can't be read: ".
func (p Problem) OfIt() string {
	if why, ok := strings.CutPrefix(string(p), unreadable); ok {
		return why
	}
	return "it " + string(p)
}

// unreadable begins what the system said.
const unreadable = "can't be read: "

// Why a file can't be used, whatever it holds.
const (
	IsFolder     Problem = "is a folder, not a file"
	IsNoFolder   Problem = "is no folder"
	IsNotRegular Problem = "is no regular file"
)

// Anywhere opens every file that its user may read.
var Anywhere Opener = anywhere{}

// Besides opens one more file than another opener does, by just that path.
func Besides(from Opener, path string) Opener { return besides{from, path} }

type besides struct {
	Opener
	path string
}

// Open implements Opener.
func (b besides) Open(path string) (*os.File, fs.FileInfo, error) {
	if path == b.path {
		return Anywhere.Open(path)
	}
	return b.Opener.Open(path)
}

type anywhere struct{}

// Open implements Opener.
func (anywhere) Open(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	return regular(info, err, func(flags int) (*os.File, error) { return os.OpenFile(path, flags, 0) })
}

// Folder implements Opener.
func (anywhere) Folder(path string) error {
	info, err := os.Stat(path)
	return folder(info, err)
}

// regular opens what was found, where that is a regular file.
func regular(found fs.FileInfo, err error, opened func(flags int) (*os.File, error)) (*os.File, fs.FileInfo, error) {
	if err == nil {
		err = judge(found)
	}
	if err != nil {
		return nil, nil, Reason(err)
	}
	// What was a file a moment ago may be a pipe by now.
	f, err := opened(os.O_RDONLY | syscall.O_NONBLOCK)
	if err != nil {
		return nil, nil, Reason(err)
	}
	info, err := f.Stat()
	if err == nil {
		err = judge(info)
	}
	if err != nil {
		return nil, nil, errors.Join(Reason(err), f.Close())
	}
	return f, info, nil
}

func judge(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return IsFolder
	case !info.Mode().IsRegular():
		return IsNotRegular
	}
	return nil
}

func folder(info fs.FileInfo, err error) error {
	switch {
	case err != nil:
		return Reason(err)
	case !info.IsDir():
		return IsNoFolder
	}
	return nil
}

// Reason puts an error of reading into the words of a Problem; it is
// fs.ErrNotExist where the file isn't there.
func Reason(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return fs.ErrNotExist
	}
	if known := Problem(""); errors.As(err, &known) {
		return known
	}
	if path := new(fs.PathError); errors.As(err, &path) {
		err = path.Err
	}
	return Problem(unreadable + err.Error())
}

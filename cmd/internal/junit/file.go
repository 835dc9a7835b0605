package junit

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/google/renameio/v2"

	"scanmaster/cmd/internal/newfile"
)

// kind is a report of whoever makes one: XML with <testsuites> or <testsuite>.
var kind = newfile.Kind{Name: "JUnit report", Is: func(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")) && bytes.Contains(head, []byte("<testsuite"))
}}

// File is where a report goes: whole, or not at all.
type File struct{ new *renameio.PendingFile }

// Create makes sure that a report can be written to a path, before there is one:
// a report of an earlier run that is there is removed, so that nobody takes it for
// this run's; what is there and no report is kept, and is an error. Whoever creates a File writes to it, or discards it.
func Create(path string) (*File, error) {
	file, err := newfile.Create(path, 0o666, kind) // for other programs, as the umask has it
	if err != nil {
		return nil, err
	}
	f := &File{file}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, f.Discard())
	}
	return f, nil
}

// Write has a report written, which takes its place when it is whole.
func (f *File) Write(report func(io.Writer) error) error {
	err := report(f.new)
	if err == nil {
		err = f.new.CloseAtomicallyReplace()
	}
	return errors.Join(err, f.Discard())
}

// Discard leaves no report, but where it was written already.
func (f *File) Discard() error { return f.new.Cleanup() }

package spec

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"scanmaster/spec/diag"
)

// MaxFile is the most that a scan file may hold, in bytes.
const MaxFile = 1 << 20

// Load reads a scan file and gives all that is wrong with it, sorted by place.
// The scan is good for use where none of the problems is an error.
func Load(path string) (*Scan, diag.List) {
	data, err := read(path)
	if err != nil {
		var problems diag.List
		problems.Errorf(diag.Pos{File: path}, "", "the file can't be read: %v", err)
		return &Scan{file: path}, problems
	}
	return Parse(path, data)
}

// read reads at most one byte more than a scan file may hold. It opens without
// waiting, so that a pipe is refused instead of hanging the reader.
func read(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, reason(err)
	}
	switch {
	case info.IsDir():
		return nil, errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	return data, reason(err)
}

// reason takes the path off an error: the problem's place says it already.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// ParseInline is Parse for a text that is in no file, as a command line says one;
// what names it. Paths are relative to the working directory.
func ParseInline(what string, data []byte) (*Scan, diag.List) {
	scan, problems := Parse(what, data)
	scan.inline = data
	return scan, problems
}

// Inline is the text of a scan that is in no file; nil where one holds it.
func (s *Scan) Inline() []byte { return s.inline }

// Parse reads the text of a scan file. It gives all that is wrong with it,
// sorted by place, but for what hides behind a text that is no YAML at all.
// The scan is good for use where none of the problems is an error.
func Parse(file string, data []byte) (*Scan, diag.List) {
	scan := Default()
	scan.file = file
	problems := checkText(file, data)
	if problems.HasErrors() {
		return scan, problems
	}
	root, problems := parseYAML(file, data)
	if root == nil {
		return scan, problems
	}
	r := newReader(file)
	r.problems = problems
	r.document(root, scan)
	scan.pos = r.pos
	judge(scan, r)
	scan.bad = r.bad
	if r.full() {
		r.problems.Errorf(diag.Pos{File: file}, "mend these first", "there are more problems than the %d that are told", maxProblems)
	}
	r.problems.Sort()
	return scan, r.problems
}

package spec

import (
	"errors"
	"io"
	"io/fs"
	"syscall"

	"scanmaster/spec/diag"
	"scanmaster/spec/open"
)

// MaxFile is the most that a scan file may hold, in bytes.
const MaxFile = 1 << 20

// Load reads a scan file and gives all that is wrong with it, sorted by place.
// The scan is good for use where none of the problems is an error.
func Load(path string) (*Scan, diag.List) { return LoadFrom(open.Anywhere, path) }

// LoadFrom is Load where not every file may be read.
func LoadFrom(from open.Opener, path string) (*Scan, diag.List) {
	data, err := read(from, path)
	if err != nil {
		var problems diag.List
		problems.Errorf(diag.Pos{File: path}, "", "the file can't be read: %v", err)
		return &Scan{file: path}, problems
	}
	return Parse(path, data)
}

// read reads at most one byte more than a scan file may hold.
func read(from open.Opener, path string) ([]byte, error) {
	f, _, err := from.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	return data, reason(err)
}

// reason puts an error into words that follow those that the file can't be read.
func reason(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return syscall.ENOENT
	}
	if problem := open.Problem(""); errors.As(open.Reason(err), &problem) {
		return errors.New(problem.OfIt())
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

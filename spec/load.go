package spec

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"reflect"
	"syscall"

	"gopkg.in/yaml.v3"

	"scanmaster/spec/diag"
	"scanmaster/spec/open"
)

// MaxFile is the most that a scan file may hold, in bytes.
const MaxFile = 1 << 20

// Load reads a scan file, and its bases, and gives all that is wrong with them,
// sorted by place. Settings take the place of what these say, a later one that of
// an earlier one. The scan is good for use where none of the problems is an error.
func Load(path string, settings ...Setting) (*Scan, diag.List) {
	return LoadFrom(open.Anywhere, path, settings...)
}

// LoadFrom is Load where not every file may be read.
func LoadFrom(from open.Opener, path string, settings ...Setting) (*Scan, diag.List) {
	data, info, err := read(from, path)
	if err != nil {
		var problems diag.List
		problems.Errorf(diag.Pos{File: path}, "", "the file can't be read: %v", err)
		return &Scan{file: path}, problems
	}
	return parse(path, data, settings, &bases{from, []layer{{Base: Base{File: path, Path: filepath.Base(path)}, info: info}}})
}

// read reads at most one byte more than a scan file may hold.
func read(from open.Opener, path string) ([]byte, fs.FileInfo, error) {
	f, info, err := from.Open(path)
	if err != nil {
		return nil, nil, reason(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	return data, info, reason(err)
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

// Parse reads the text of a scan file, which may not have a base: it opens no
// file. It gives all that is wrong with the text, sorted by place, but for what
// hides behind one that is no YAML at all. The scan is good for use where none
// of the problems is an error.
func Parse(file string, data []byte) (*Scan, diag.List) { return parse(file, data, nil, nil) }

// parse reads a scan file's text with what is above and below it; without below
// there can be no base.
func parse(file string, data []byte, settings []Setting, below *bases) (*Scan, diag.List) {
	scan := Default()
	scan.file, scan.settings = file, settings
	scan.texts = map[string][]byte{file: data}
	r := newReader(file)
	root := r.root(file, data)
	if root == nil {
		return scan, r.problems
	}
	root = r.under(r.over(root, settings), scan, below)
	r.structure(root, reflect.ValueOf(scan).Elem(), spot{})
	scan.pos = r.pos
	judge(scan, r)
	scan.bad = r.bad
	scan.rebase()
	if r.full() {
		r.problems.Errorf(diag.Pos{File: file}, "mend these first", "there are more problems than the %d that are told", maxProblems)
	}
	r.problems.Sort()
	return scan, r.problems
}

// root gives the keys and values of one of the scan's files, nil where it has
// none.
func (r *reader) root(file string, text []byte) *yaml.Node {
	problems := checkText(file, text)
	var root *yaml.Node
	if !problems.HasErrors() {
		root, problems = parseYAML(file, text)
	}
	r.problems = append(r.problems, problems...)
	if root == nil {
		return nil
	}
	if file != r.file {
		visit(root, func(n *yaml.Node) { r.origin[n] = file })
	}
	r.refuse(root)
	return root
}

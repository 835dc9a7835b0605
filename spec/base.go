package spec

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"scanmaster/spec/diag"
	"scanmaster/spec/open"
)

// maxBases bounds how many files may lie below a scan file, each the base of
// the one above it.
const maxBases = 8

// Base is a file that says what a scan file leaves unsaid.
type Base struct {
	// File is its path as one would type it where the scan file was named, Path
	// the same for one who is in the scan file's folder.
	File, Path string
	// Text is what it held when it was read.
	Text []byte
}

// Bases are the files below the scan file, the nearest first.
func (s *Scan) Bases() []Base { return s.bases }

// Text gives what one of the scan's files held when it was read, to quote lines
// of; nil where it is none of these, or may not be quoted. A base may be any file
// that whoever wrote the scan file has named: it is quoted only where it is known
// for one by its keys.
func (s *Scan) Text(file string) []byte { return s.texts[file] }

// FromHome tells that a path of a scan file starts from home.
func FromHome(path string) bool { return path == "~" || strings.HasPrefix(path, "~/") }

// layer is a file that has been read, and where its own base is named.
type layer struct {
	Base
	info  fs.FileInfo
	named diag.Pos
}

// under puts the files that a scan file has as its bases under it, and gives
// the whole. With one that can't be read it gives what there is, and nothing is
// missing in it: that may stand in the rest.
func (r *reader) under(root *yaml.Node, scan *Scan, below *bases) *yaml.Node {
	upper := root
	for {
		key, named := lookup(upper, "base")
		switch {
		case key == nil:
			return root
		case below == nil:
			r.errorf(named, "base", "", "base can't be given here: the scan is in no file")
			return root
		}
		if upper != root { // whose own is judged with all else
			var path string
			r.value(key, named, reflect.ValueOf(&path).Elem(), spot{"base", "base"})
		}
		base, next := r.open(named, below)
		if next == nil {
			r.excuse(root)
			return root
		}
		scan.bases = append(scan.bases, base)
		if isScan(next) {
			scan.texts[base.File] = base.Text
		}
		r.version(next)
		root, upper = r.merge(next, root, ""), next
	}
}

// bases is what opens a scan's files, and what is known of them, the scan file first.
type bases struct {
	from open.Opener
	seen []layer
}

// open reads the base that a file names, and gives its keys and values; nil
// where there are none.
func (r *reader) open(named *yaml.Node, below *bases) (Base, *yaml.Node) {
	last := &below.seen[len(below.seen)-1]
	last.named = r.place(named)
	path := named.Value
	if named.Kind != yaml.ScalarNode || named.Tag != "!!str" || path == "" {
		return Base{}, nil
	}
	if problem, hint := basePath(path); problem != "" {
		r.errorf(named, "base", hint, "base %s", problem)
		return Base{}, nil
	}
	base := Base{File: beside(last.File, path), Path: beside(last.Path, path)}
	text, info, err := read(below.from, base.File)
	if err != nil {
		r.errorf(named, "base", "it is relative to the folder of the file that names it", "base: %s can't be read: %v", shown(base.File), err)
		return Base{}, nil
	}
	if !r.once(named, info, below) {
		return Base{}, nil
	}
	below.seen = append(below.seen, layer{Base: base, info: info})
	base.Text = text
	return base, r.root(base.File, text)
}

// once refuses a base that has been read already, or is one too many.
func (r *reader) once(named *yaml.Node, info fs.FileInfo, below *bases) bool {
	for i, seen := range below.seen {
		switch {
		case !os.SameFile(seen.info, info):
		case i == len(below.seen)-1:
			r.errorf(named, "base", "leave it out", "base is the file itself")
			return false
		default:
			r.errorf(named, "base", "leave one of the two out", "base leads back to %s, whose own base is named at %s", shown(seen.File), seen.named)
			return false
		}
	}
	if len(below.seen) > maxBases {
		r.errorf(named, "base", "", "more than %d files are each the base of another", maxBases)
		return false
	}
	return true
}

// basePath judges the path of a base.
func basePath(path string) (problem, hint string) {
	if FromHome(path) {
		return "starts from home, which is another one for everybody", "name it from the folder of the file that names it, or from the root"
	}
	return filePath(path)
}

// beside gives the path that starts from the folder of a file.
func beside(file, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(filepath.Dir(file), path)
}

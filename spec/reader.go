package spec

import (
	"reflect"

	"gopkg.in/yaml.v3"

	"scanmaster/spec/diag"
)

// maxProblems bounds the problems told of one file, so that a file of nothing
// but unknown keys is done with at once.
const maxProblems = 100

// reader walks the tree of a scan file side by side with the types, sets what
// it can, and collects what is wrong with the rest.
type reader struct {
	file     string
	problems diag.List
	// pos and keys are the places of values and of their keys, by path.
	pos, keys map[string]diag.Pos
	// paths maps what validator calls a field to its path, where they differ.
	paths map[string]string
	// bad are the paths that a problem was told of: what follows from it
	// need not be told.
	bad map[string]bool
	// whole is what the file is read into, of whose keys one may have been meant.
	whole reflect.Type
}

func newReader(file string) *reader {
	return &reader{
		file: file, whole: reflect.TypeFor[Scan](),
		pos: make(map[string]diag.Pos), keys: make(map[string]diag.Pos),
		paths: make(map[string]string), bad: make(map[string]bool),
	}
}

// spot is a value's place in the scan: its path in the file, such as
// "hosts[1].port" or "SCAN_ENV.LANG", and what validator calls it.
type spot struct{ path, name string }

func (s spot) key(key string) spot {
	if s.path == "" {
		return spot{key, key}
	}
	return spot{s.path + "." + key, s.name + "." + key}
}

// as is the same value under a name that validator makes up, since the file
// has the short form.
func (s spot) as(suffix string) spot { return spot{s.path, s.name + suffix} }

// document reads the whole scan.
func (r *reader) document(root *yaml.Node, scan *Scan) {
	r.refuse(root)
	r.structure(root, reflect.ValueOf(scan).Elem(), spot{})
}

// full tells that enough was told.
func (r *reader) full() bool { return len(r.problems) >= maxProblems }

// errorf adds a problem of the value at a path.
func (r *reader) errorf(n *yaml.Node, path, hint, format string, args ...any) {
	r.bad[path] = true
	r.tell(place(r.file, n), hint, format, args...)
}

// tell adds a problem, unless there are enough.
func (r *reader) tell(pos diag.Pos, hint, format string, args ...any) {
	if !r.full() {
		r.problems.Errorf(pos, hint, format, args...)
	}
}

// mark remembers where a value is.
func (r *reader) mark(s spot, key, value *yaml.Node) {
	r.keys[s.path] = place(r.file, key)
	r.pos[s.path] = r.keys[s.path]
	if value.Kind == yaml.ScalarNode && !isEmpty(value) {
		r.pos[s.path] = place(r.file, value)
	}
	r.paths[s.name] = s.path
}

package spec

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"scanmaster/spec/diag"
)

// Setting is a value that takes the place of what a scan file says.
type Setting struct {
	// Key is the path to it, such as "jobs" or "targets.user"; entries of lists
	// have none. Value is YAML.
	Key, Value string
}

// ParseSetting reads "key=value". Its error says in plain words what such a text
// looks like.
func ParseSetting(text string) (Setting, error) {
	key, value, ok := strings.Cut(text, "=")
	switch {
	case !ok:
		return Setting{}, errors.New("takes a key, = and a value, such as jobs=10")
	case slices.Contains(strings.Split(key, "."), ""):
		return Setting{}, errors.New("takes the path to a key, such as targets.user, before its =")
	}
	return Setting{key, value}, nil
}

// String gives the form that ParseSetting reads.
func (s Setting) String() string { return s.Key + "=" + s.Value }

// place is what stands for a file where a problem is told of.
func (s Setting) place() string { return "--set " + shown(s.Key) }

// Settings are those that the scan was loaded with.
func (s *Scan) Settings() []Setting { return s.settings }

// IsSet tells that a value is not the scan file's, nor a base's, but a setting's.
func (s *Scan) IsSet(path string) bool {
	at := s.At(path).File
	return slices.ContainsFunc(s.settings, func(set Setting) bool { return set.place() == at })
}

// Keys gives the paths of all keys that a setting may have.
func Keys() []string {
	return slices.DeleteFunc(keysOf(reflect.TypeFor[Scan](), "", true), func(key string) bool { return strings.Contains(key, "[]") })
}

// over puts settings over a scan file.
func (r *reader) over(root *yaml.Node, settings []Setting) *yaml.Node {
	for _, s := range settings {
		value := r.setting(s)
		if value == nil {
			r.bad[s.Key] = true
			continue
		}
		words := strings.Split(s.Key, ".")
		for _, word := range slices.Backward(words) {
			key := r.like(value, yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: word})
			value = r.like(value, yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key, value}})
		}
		root = r.merge(root, value, "")
	}
	return root
}

// setting reads a setting's value; nil where it is none. It has no line: what was
// typed stands before whoever reads of a problem.
func (r *reader) setting(s Setting) *yaml.Node {
	file := s.place()
	value, problems := parseValue(file, []byte(s.Value))
	for _, p := range problems {
		r.tell(diag.Pos{File: file}, p.Hint, "%s", p.Summary)
	}
	if value == nil || problems.HasErrors() {
		return nil
	}
	visit(value, func(n *yaml.Node) {
		r.origin[n] = file
		n.Line, n.Column = 0, 0
	})
	r.refuse(value)
	return value
}

// parseValue gives the one value that a text is, of whatever kind.
func parseValue(file string, data []byte) (*yaml.Node, diag.List) {
	problems := checkText(file, data)
	if problems.HasErrors() {
		return nil, problems
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	doc, err := next(dec)
	if errors.Is(err, io.EOF) {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}, nil
	}
	if err == nil {
		_, err = next(dec)
	}
	switch {
	case err == nil:
		problems.Errorf(diag.Pos{File: file}, "give one", "there are two values")
	case !errors.Is(err, io.EOF):
		syntax(&problems, file, data, err)
	default:
		return doc.Content[0], nil
	}
	return nil, problems
}

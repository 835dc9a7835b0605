package spec

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// merge puts a mapping over another, which its file, or the command line, has
// above it. A key of the upper one wins over that of
// the lower one whole, but where both values are mappings: these are put
// together in turn.
func (r *reader) merge(lower, upper *yaml.Node, path string) *yaml.Node {
	over := make(map[string]int, len(upper.Content)/2)
	for i := len(upper.Content) - 2; i >= 0; i -= 2 {
		over[upper.Content[i].Value] = i
	}
	content := append([]*yaml.Node(nil), upper.Content...)
	for key, value := range r.pairs(lower, path) {
		i, both := over[key.Value]
		if !both {
			content = append(content, key, value)
			continue
		}
		inner := join(path, key.Value)
		value, above := r.spelled(value, inner), content[i+1]
		if isWhole(inner) || value.Kind != yaml.MappingNode || above.Kind != yaml.MappingNode {
			continue
		}
		if content[i+1] = r.merge(value, above, inner); upper.Content[i].Line == 0 {
			content[i] = key // which a file has
		}
	}
	return r.like(upper, yaml.Node{Kind: yaml.MappingNode, Tag: upper.Tag, Content: content})
}

// isWhole tells of a mapping that is one value: a short form of a list, or where the
// value of a variable is had from.
func isWhole(path string) bool {
	return path == "hosts" || strings.HasPrefix(path, "SCAN_ENV.") || strings.HasPrefix(path, "remote.env.")
}

// spelled gives the mapping that the short form of a script stands for, which
// another may add arguments to.
func (r *reader) spelled(n *yaml.Node, path string) *yaml.Node {
	if path != "remote" || n.Kind != yaml.ScalarNode {
		return n
	}
	script := r.like(n, yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "script"})
	return r.like(n, yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{script, n}})
}

// like gives a node the place of another.
func (r *reader) like(n *yaml.Node, made yaml.Node) *yaml.Node {
	made.Line, made.Column = n.Line, n.Column
	if file, ok := r.origin[n]; ok {
		r.origin[&made] = file
	}
	return &made
}

// lookup gives a mapping's first value of a key, and the key; nil where it has none.
func lookup(root *yaml.Node, word string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if key := root.Content[i]; key.Kind == yaml.ScalarNode && key.Value == word {
			return key, root.Content[i+1]
		}
	}
	return nil, nil
}

// version refuses a base of another version of the format, whatever stands
// above it.
func (r *reader) version(base *yaml.Node) {
	key, value := lookup(base, "version")
	if key == nil {
		return
	}
	var version int
	r.value(key, value, reflect.ValueOf(&version).Elem(), spot{"version", "version"})
	if !r.bad["version"] && version != 1 {
		r.errorf(value, "version", "there is version 1 so far", "version is not known")
	}
	if r.bad["version"] { // it need not be told twice
		*value = *r.like(value, yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: "1"})
	}
}

// required are the keys that have to be there, in the scan file or in a base.
var required = []string{"version", "name", "input", "remote", "hosts"}

// excuse takes no key for missing that may stand where nothing could be read.
func (r *reader) excuse(root *yaml.Node) {
	for _, word := range required {
		if key, _ := lookup(root, word); key == nil {
			r.bad[word] = true
		}
	}
}

// isScan tells that a mapping is meant as a scan file or as a part of one: it
// says its version, or has no key that a scan file doesn't have.
func isScan(root *yaml.Node) bool {
	if _, value := lookup(root, "version"); value != nil && value.Tag == "!!int" && value.Value == "1" {
		return true
	}
	known := fieldsOf(reflect.TypeFor[Scan]())
	for i := 0; i < len(root.Content); i += 2 {
		if _, ok := known[root.Content[i].Value]; !ok {
			return false
		}
	}
	return true
}

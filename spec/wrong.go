package spec

import (
	"fmt"
	"reflect"

	"gopkg.in/yaml.v3"
)

// takes says in plain words what each type is written as, and how it is mended
// where something else stands.
var takes = map[reflect.Type]struct{ what, hint string }{
	reflect.TypeFor[Paths]():    {"a path or a list of paths", ""},
	reflect.TypeFor[Remote]():   {"a path, or a mapping with script, args and env", ""},
	reflect.TypeFor[Hosts]():    {"a list of hosts, or {file: …}", "hosts: [local] runs it on this machine"},
	reflect.TypeFor[Host]():     {"a host, or a mapping with host or file", ""},
	reflect.TypeFor[Duration](): {"a length of time", "such as 90s or 5m"},
	reflect.TypeFor[Size]():     {"a size", "such as 16MiB"},
	reflect.TypeFor[Limit]():    {"a count or a share", "such as 25 or 10%"},
	reflect.TypeFor[Percent]():  {"a percentage", "such as 20%"},
	reflect.TypeFor[Jobs]():     {"a whole number, or auto", "such as 175"},
	reflect.TypeFor[Rate]():     {"so many a second or a minute", "such as 200/s or 90/m"},
	reflect.TypeFor[Value]():    {"text, or a mapping with from_env or from_file", ""},
	reflect.TypeFor[[]string](): {"a list", "write […] around it"},
}

// wrong tells that a value is of a type that its key doesn't take.
func (r *reader) wrong(n *yaml.Node, t reflect.Type, at spot) {
	said, ok := takes[t]
	if !ok {
		said.what, said.hint = takesKind(n, t.Kind())
	}
	if t == reflect.TypeFor[[]string]() && n.Kind != yaml.ScalarNode {
		said.hint = ""
	}
	r.errorf(n, at.path, said.hint, "%s takes %s, not %s", shown(at.path), said.what, found(n))
}

func takesKind(n *yaml.Node, kind reflect.Kind) (what, hint string) {
	switch kind {
	case reflect.Bool:
		return "true or false", ""
	case reflect.Int:
		if n.Kind == yaml.ScalarNode && decimal(n.Value) {
			hint = "leave the quotes out"
		}
		return "a whole number", hint
	case reflect.String:
		if n.Kind == yaml.ScalarNode {
			hint = fmt.Sprintf("put it in quotes: %q", shown(n.Value))
		}
		return "text", hint
	default:
		return "a mapping of keys to values", ""
	}
}

// found says in plain words what stands in the file.
func found(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a date"
	case "!!null":
		return "nothing"
	default:
		return "text"
	}
}

// maxShown bounds what is quoted of the file within a sentence, in characters.
const maxShown = 80

// shown gives a text as it may stand within a sentence.
func shown(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxShown {
			return text[:i] + "…"
		}
	}
	return text
}

package spec

import (
	"reflect"

	"gopkg.in/yaml.v3"
)

// structure reads a mapping whose keys are a struct's.
func (r *reader) structure(n *yaml.Node, v reflect.Value, at spot) {
	fields := fieldsOf(v.Type())
	for key, value := range r.pairs(n, at.path) {
		index, known := fields[key.Value]
		if !known {
			r.unknown(key, at.path, v.Type())
			continue
		}
		inner := at.key(key.Value)
		r.mark(inner, key, value)
		r.value(key, value, v.Field(index), inner)
	}
}

// entries reads a mapping whose keys are free.
func (r *reader) entries(n *yaml.Node, v reflect.Value, at spot) {
	v.Set(reflect.MakeMap(v.Type()))
	for key, value := range r.pairs(n, at.path) {
		inner := spot{at.path + "." + key.Value, at.name + "[" + key.Value + "]"}
		r.mark(inner, key, value)
		entry := reflect.New(v.Type().Elem()).Elem()
		switch to := entry.Addr().Interface().(type) {
		case *string:
			r.freeText(key, value, entry, inner)
		case *Value:
			r.env(key, value, to, inner)
		default:
			r.value(key, value, entry, inner)
		}
		v.SetMapIndex(reflect.ValueOf(key.Value), entry)
	}
}

// pairs gives the keys and values of a mapping but for keys that are no plain
// word, or that stood before.
func (r *reader) pairs(n *yaml.Node, path string) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		first := make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content) && !r.full(); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			line, again := first[key.Value]
			switch {
			case key.Kind == yaml.AliasNode || isMerge(key):
				// refuse told of it
			case key.Kind != yaml.ScalarNode || isEmpty(key):
				r.tell(place(r.file, key), "", "a key takes a word, not %s", found(key))
			case again:
				r.tell(place(r.file, key), "leave one of them out", "%s is given twice, first in line %d", shown(join(path, key.Value)), line)
			default:
				first[key.Value] = key.Line
				if !yield(key, value) {
					return
				}
			}
		}
	}
}

// fieldsOf maps the keys of a struct to its fields.
func fieldsOf(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "" {
			fields[key] = i
		}
	}
	return fields
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

package spec

import (
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// list reads a list of texts; where alone is set, one text is a list, too.
func (r *reader) list(n *yaml.Node, v reflect.Value, at spot, alone bool) {
	items := n.Content
	switch {
	case alone && n.Kind == yaml.ScalarNode:
		items = []*yaml.Node{n}
	case n.Kind != yaml.SequenceNode:
		r.wrong(n, v.Type(), at)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		inner := at.index(i)
		if item == n {
			inner.path = at.path
		}
		if r.full() {
			return
		}
		r.mark(inner, item, item)
		if alone {
			r.value(item, item, v.Index(i), inner)
		} else {
			r.freeText(item, item, v.Index(i), inner)
		}
	}
}

func (s spot) index(i int) spot {
	entry := fmt.Sprintf("[%d]", i)
	return spot{s.path + entry, s.name + entry}
}

// remote reads a script's path, or a mapping with what the script gets.
func (r *reader) remote(n *yaml.Node, v reflect.Value, at spot) {
	if n.Kind == yaml.MappingNode {
		r.structure(n, v, at)
		return
	}
	if n.Kind != yaml.ScalarNode {
		r.wrong(n, v.Type(), at)
		return
	}
	script := at.as(".script")
	r.paths[script.name] = script.path
	r.plain(n, v.FieldByName("Script"), script)
}

// hosts reads a list of workers, or one mapping that says which file lists them.
func (r *reader) hosts(n *yaml.Node, to *Hosts, at spot) {
	switch n.Kind {
	case yaml.MappingNode:
		*to = make(Hosts, 1)
		r.host(n, &(*to)[0], at.as("[0]"))
		if (*to)[0].File == "" && !r.told(at.path+".file") {
			r.wrong(n, reflect.TypeFor[Hosts](), at)
		}
		if pos, ok := r.pos[at.path+".file"]; ok {
			r.pos[at.index(0).path+".file"] = pos // by which a plan asks for it
		}
	case yaml.SequenceNode:
		*to = make(Hosts, len(n.Content))
		for i, item := range n.Content {
			if r.full() {
				return
			}
			entry := at.index(i)
			r.mark(entry, item, item)
			r.host(item, &(*to)[i], entry)
		}
	default:
		r.wrong(n, reflect.TypeFor[Hosts](), at)
	}
}

// host reads one worker: a word or a mapping.
func (r *reader) host(n *yaml.Node, to *Host, at spot) {
	v := reflect.ValueOf(to).Elem()
	switch {
	case r.unusable(n, n, at, emptyHint(at.path)):
	case n.Kind == yaml.MappingNode:
		r.structure(n, v, at)
	case n.Kind == yaml.ScalarNode && n.Tag == "!!str":
		host := at.as(".host")
		r.paths[host.name] = host.path
		r.word(n, v.FieldByName("Host"), host)
	default:
		r.wrong(n, v.Type(), at)
	}
	to.Host = bare(to.Host)
}

// bare takes the brackets off an IPv6 address.
func bare(host string) string {
	if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") && isAddress(inner[:len(inner)-1]) {
		return inner[:len(inner)-1]
	}
	return host
}

package spec

import "gopkg.in/yaml.v3"

const (
	noAliases     = "anchors, aliases and merge keys are not taken"
	noAliasesHint = "write the value where it is needed"
)

// refuse tells of what a scan file has no need of: anchors and aliases, with
// which a small file can stand for a huge one, merge keys, and explicit tags.
// It tells of the first of each; nothing of it is ever expanded.
func (r *reader) refuse(root *yaml.Node) {
	var alias, tag *yaml.Node
	visit(root, func(n *yaml.Node) {
		switch {
		case n.Kind == yaml.AliasNode || n.Anchor != "" || isMerge(n):
			if alias == nil {
				alias = n
			}
		case n.Style&yaml.TaggedStyle != 0 && tag == nil:
			tag = n
		}
	})
	if alias != nil {
		r.tell(r.place(alias), noAliasesHint, noAliases)
	}
	if tag != nil {
		r.tell(r.place(tag), "leave it out", "tags of YAML's are not taken")
	}
}

// visit calls see for each node in the order of the file. It goes no deeper
// than yaml.v3's own bound, and doesn't follow aliases.
func visit(n *yaml.Node, see func(*yaml.Node)) {
	see(n)
	for _, inner := range n.Content {
		visit(inner, see)
	}
}

func isMerge(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!merge" }

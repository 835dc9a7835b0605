package spec

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// value reads one value of whatever type. The key is where an absent value is
// told of; for an entry of a list it is the value itself.
func (r *reader) value(key, n *yaml.Node, v reflect.Value, at spot) {
	if r.unusable(key, n, at, emptyHint(at.path)) {
		return
	}
	switch to := v.Addr().Interface().(type) {
	case *Paths:
		r.list(n, v, at, true)
	case *Remote:
		r.remote(n, v, at)
	case *Hosts:
		r.hosts(n, to, at)
	case *Jobs:
		r.jobs(n, to, at)
	case encoding.TextUnmarshaler:
		r.text(n, to, v.Type(), at)
	default:
		r.plain(n, v, at)
	}
}

// unusable tells of a value that is absent, or that refuse told of already.
func (r *reader) unusable(key, n *yaml.Node, at spot, hint string) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0:
		r.bad[at.path] = true
	case isEmpty(n):
		r.errorf(key, at.path, hint, "%s has no value", shown(at.path))
	default:
		return false
	}
	return true
}

// emptyHint says what to write in place of nothing.
func emptyHint(path string) string {
	if hint, ok := missing[path]; ok {
		return hint
	}
	return "give it one, or leave it out"
}

// plain reads a value that has one form only.
func (r *reader) plain(n *yaml.Node, v reflect.Value, at spot) {
	kind := v.Kind()
	switch {
	case kind == reflect.Struct && n.Kind == yaml.MappingNode:
		r.structure(n, v, at)
	case kind == reflect.Map && n.Kind == yaml.MappingNode:
		r.entries(n, v, at)
	case kind == reflect.Slice && n.Kind == yaml.SequenceNode:
		r.list(n, v, at, false)
	case kind == reflect.String && n.Kind == yaml.ScalarNode && n.Tag == "!!str":
		r.word(n, v, at)
	case kind == reflect.Bool && n.Kind == yaml.ScalarNode && n.Tag == "!!bool":
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case kind == reflect.Int && n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float"):
		r.number(n, v, at)
	default:
		r.wrong(n, v.Type(), at)
	}
}

// word reads text that may not be empty.
func (r *reader) word(n *yaml.Node, v reflect.Value, at spot) {
	if n.Value == "" {
		r.errorf(n, at.path, emptyHint(at.path), "%s is empty", shown(at.path))
		return
	}
	v.SetString(n.Value)
}

// freeText reads text that is somebody else's to judge: a number or a truth
// value stands as it was written.
func (r *reader) freeText(key, n *yaml.Node, v reflect.Value, at spot) {
	switch {
	case r.unusable(key, n, at, `write "" for an empty one`):
	case n.Kind != yaml.ScalarNode:
		r.wrong(n, v.Type(), at)
	default:
		v.SetString(n.Value)
	}
}

// decimal is how a number is written: YAML's other forms, such as 0175, don't
// mean what they look like.
var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`).MatchString

func (r *reader) number(n *yaml.Node, v reflect.Value, at spot) {
	i, err := strconv.Atoi(n.Value)
	switch {
	case !decimal(n.Value):
		r.errorf(n, at.path, "", "%s takes a whole number in plain digits", shown(at.path))
	case err != nil:
		r.errorf(n, at.path, "", "%s is out of all bounds", shown(at.path))
	default:
		v.SetInt(int64(i))
	}
}

// text reads a value that knows how it is written.
func (r *reader) text(n *yaml.Node, to encoding.TextUnmarshaler, t reflect.Type, at spot) {
	if n.Kind != yaml.ScalarNode {
		r.wrong(n, t, at)
		return
	}
	if err := to.UnmarshalText([]byte(n.Value)); err != nil {
		r.errorf(n, at.path, unitHint(t, n.Value), "%s %v", shown(at.path), err)
	}
}

// unitHint proposes a unit for a bare number, and the word that was meant.
func unitHint(t reflect.Type, text string) string {
	if t == reflect.TypeFor[Duration]() && decimal(text) && len(text) < 10 {
		return fmt.Sprintf("did you mean %ss?", text)
	}
	if t == reflect.TypeFor[Percent]() && decimal(text) && isShare(text+"%") && len(text) < 4 {
		return fmt.Sprintf("did you mean %s%%?", text)
	}
	if t == reflect.TypeFor[Jobs]() && nearest(text, []string{autoWord}) != "" {
		return "did you mean auto?"
	}
	if meant := meantRate(text); t == reflect.TypeFor[Rate]() && meant != "" {
		return fmt.Sprintf("did you mean %s?", meant)
	}
	return ""
}

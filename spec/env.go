package spec

import (
	"maps"
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// Env is variables of an environment, by name.
type Env map[string]Value

// Value is a variable's text, or where it is had from when a run begins: one that is a
// secret stands neither in a scan file nor in a plan. Exactly one of the three is
// given; Text may be empty.
type Value struct {
	Text string `validate:"no_nul"`
	// FromEnv is a variable of the environment of whoever starts the scan.
	FromEnv string `yaml:"from_env" validate:"omitempty,env_name"`
	// FromFile is a file's path; the last end of a line in it doesn't count.
	FromFile string `yaml:"from_file" validate:"omitempty,file_path"`
}

// IsSecret tells that the value is had from elsewhere.
func (v Value) IsSecret() bool { return v.FromEnv != "" || v.FromFile != "" }

// Texts gives the variables that are no secrets; nil where there are none.
func (e Env) Texts() map[string]string {
	var texts map[string]string
	for name, value := range e {
		if value.IsSecret() {
			continue
		}
		if texts == nil {
			texts = make(map[string]string)
		}
		texts[name] = value.Text
	}
	return texts
}

// Secrets gives the names of the others, sorted.
func (e Env) Secrets() []string {
	names := slices.Sorted(maps.Keys(e))
	return slices.DeleteFunc(names, func(name string) bool { return !e[name].IsSecret() })
}

// env reads a variable's value: text, or a mapping that says where it is had from.
func (r *reader) env(key, n *yaml.Node, to *Value, at spot) {
	switch {
	case r.unusable(key, n, at, `write "" for an empty one`):
		return
	case n.Kind == yaml.SequenceNode:
		r.wrong(n, reflect.TypeFor[Value](), at)
		return
	case n.Kind == yaml.ScalarNode:
		text := at.as(".Text")
		r.paths[text.name] = text.path
		r.freeText(key, n, reflect.ValueOf(to).Elem().FieldByName("Text"), text)
		return
	}
	told := len(r.problems)
	r.structure(n, reflect.ValueOf(to).Elem(), at)
	if (to.FromEnv == "") == (to.FromFile == "") && len(r.problems) == told {
		r.errorf(n, at.path, "", "%s takes one of from_env and from_file", shown(at.path))
	}
}

// envTogether judges what workers can't be given, and what can't be a secret.
func (r *reader) envTogether(scan *Scan) {
	for _, name := range slices.Sorted(maps.Keys(scan.ScanEnv)) {
		path, value := "SCAN_ENV."+name, scan.ScanEnv[name]
		if r.told(path) {
			continue
		}
		if problem, hint := envValue(value.Text); problem != "" {
			r.bad[path] = true
			r.tell(r.at(path), hint, "%s %s", shown(path), problem)
		}
		if name == "SSHOPTS" && value.IsSecret() {
			r.bad[path] = true
			r.tell(r.at(path), "a plan has to show how targets are reached", "SCAN_ENV.SSHOPTS can't be had from elsewhere")
		}
	}
}

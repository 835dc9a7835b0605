package spec

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/go-playground/validator/v10"
)

// judge adds what is wrong with a scan's values.
func judge(scan *Scan, r *reader) {
	if _, written := r.pos["targets.host_keys"]; !written && scan.Auth != DefaultAuth {
		scan.Targets.HostKeys = HostKeysStrict // whoever poses as a target would be sent the password
	}
	r.validate(scan)
	r.together(scan)
	r.warn(scan)
}

// validate tells of the values of what was read that fail the rules of its tags.
func (r *reader) validate(whole any) {
	var failed validator.ValidationErrors
	if err := judges().Struct(whole); errors.As(err, &failed) {
		for _, f := range failed {
			r.failed(f)
		}
	}
}

// judges gives the validator that knows our rules.
var judges = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("yaml") })
	must := func(err error) {
		if err != nil {
			panic("spec: " + err.Error()) // a name that validator keeps for itself
		}
	}
	for name, rule := range rules {
		must(v.RegisterValidation(name, func(field validator.FieldLevel) bool {
			problem, _ := rule(field.Field().String())
			return problem == ""
		}))
	}
	must(v.RegisterValidation("at_least", atLeast))
	return v
})

// atLeast compares a Duration or a Size with the tag's parameter.
func atLeast(field validator.FieldLevel) bool {
	var least Duration
	if field.Field().Type() == reflect.TypeFor[Size]() {
		var size Size
		return size.UnmarshalText([]byte(field.Param())) == nil && field.Field().Int() >= int64(size)
	}
	return least.UnmarshalText([]byte(field.Param())) == nil && field.Field().Int() >= int64(least)
}

// failed tells of a value that failed a rule, in our words and at its place.
func (r *reader) failed(f validator.FieldError) {
	_, name, _ := strings.Cut(f.Namespace(), ".") // behind the type's
	path, written := r.paths[name]
	if !written {
		path = name
	}
	if r.told(path) {
		return
	}
	if !written || f.Tag() == "required" {
		path = r.highest(path)
		r.bad[path] = true
		r.tell(r.at(path), missing[path], "%s is missing", path)
		return
	}
	pos := r.at(path)
	if f.Tag() == "env_name" || f.Tag() == "not_ours" || f.Tag() == "limit_key" || f.Tag() == "retry_key" {
		pos = r.keys[path]
	}
	summary, hint := words(f)
	r.bad[path] = true
	r.tell(pos, hint, "%s %s", shown(path), summary)
}

// highest gives the key that is to be written where a path isn't: the one next
// to the last that is.
func (r *reader) highest(path string) string {
	for {
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return path
		}
		if _, ok := r.pos[path[:i]]; ok {
			return path
		}
		path = path[:i]
	}
}

// told tells whether a problem with the value, or with one around it, was
// told of already.
func (r *reader) told(path string) bool { return told(r.bad, path) }

func told(bad map[string]bool, path string) bool {
	for path != "" {
		if bad[path] {
			return true
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return false
}

// words puts a failed rule into a sentence.
func words(f validator.FieldError) (summary, hint string) {
	if rule, ours := rules[f.Tag()]; ours {
		return rule(fmt.Sprint(f.Value()))
	}
	switch kind := f.Kind(); {
	case f.Tag() == "eq":
		return "is not known", "there is version " + f.Param() + " so far"
	case f.Tag() == "oneof":
		options := strings.Fields(f.Param())
		if hint = nearest(fmt.Sprint(f.Value()), options); hint != "" {
			hint = "did you mean " + hint + "?"
		}
		return "takes " + oneOf(options), hint
	case kind == reflect.Slice:
		return "is empty", missing[f.Field()]
	case kind == reflect.String:
		return "is longer than " + f.Param() + " characters", ""
	case f.Tag() == "max":
		return "is more than " + f.Param(), ""
	default:
		return "is less than " + f.Param(), ""
	}
}

// oneOf joins words as "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// leaveOut is for lists of algorithms.
const leaveOut = "leave it out where the worker's own are to hold"

// missing are hints for keys that have to be there, and for lists that are not
// to be empty.
var missing = map[string]string{
	"version":       "begin with version: 1",
	"name":          "one word that names files and folders, such as name: patchlevel",
	"input":         "the file that lists the targets, such as input: targets.txt",
	"remote":        "the script to run on every target, such as remote: remote.sh",
	"remote.script": "the script to run on every target",
	"hosts":         "hosts: [local] runs it on this machine",
	"kex":           leaveOut,
	"ciphers":       leaveOut,
	"macs":          leaveOut,
	"host_keys":     leaveOut,
	"hook_env":      "name at least PATH, or leave it out where hooks are to get all",
}

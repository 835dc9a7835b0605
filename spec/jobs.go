package spec

import (
	"encoding/json"
	"errors"
	"reflect"
	"strconv"

	"gopkg.in/yaml.v3"
)

// Jobs is a number of targets at a time, or JobsAuto.
type Jobs int

// JobsAuto has each worker find out how many it can bear.
const JobsAuto Jobs = -1

// autoWord is how that is written.
const autoWord = "auto"

// MaxJobs is the highest number that can be asked for.
const MaxJobs = 10_000

// String gives the form of a scan file: "175" or "auto".
func (j Jobs) String() string {
	if j == JobsAuto {
		return autoWord
	}
	return strconv.Itoa(int(j))
}

// MarshalJSON gives a number, or "auto".
func (j Jobs) MarshalJSON() ([]byte, error) {
	if j == JobsAuto {
		return json.Marshal(autoWord)
	}
	return json.Marshal(int(j))
}

// UnmarshalText reads a number in plain digits, or auto. Its error says in plain
// words what such a text looks like.
func (j *Jobs) UnmarshalText(text []byte) error {
	if string(text) == autoWord {
		*j = JobsAuto
		return nil
	}
	if !decimal(string(text)) {
		return errors.New("takes a whole number in plain digits, or auto")
	}
	n, err := strconv.Atoi(string(text))
	switch {
	case err != nil || n > MaxJobs:
		return errors.New("is more than 10000")
	case n < 1:
		return errors.New("is less than 1")
	}
	*j = Jobs(n)
	return nil
}

// jobs reads a number, which has no quotes, or auto.
func (r *reader) jobs(n *yaml.Node, to *Jobs, at spot) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" && decimal(n.Value) {
		r.errorf(n, at.path, "leave the quotes out", "%s takes a whole number, or auto, not text", shown(at.path))
		return
	}
	r.text(n, to, reflect.TypeFor[Jobs](), at)
}

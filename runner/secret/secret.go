// Package secret holds values that stand in no plan, log or list of processes: it
// carries them from the master to a worker, and keeps them out of what is shown.
package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mark stands where a secret was.
const Mark = "***"

// MinLength is how many bytes a secret has at least: what is shorter stands in too
// much else to be kept out of it.
const MinLength = 4

// MaxSize is how many bytes all secrets of a run may have.
const MaxSize = 32 << 10

// Value is a secret. However it is printed or marshalled, it is Mark.
type Value string

// String gives Mark.
func (Value) String() string { return Mark }

// GoString gives Mark.
func (Value) GoString() string { return Mark }

// MarshalText gives Mark.
func (Value) MarshalText() ([]byte, error) { return []byte(Mark), nil }

// Reveal gives the secret itself, for the one place where it is needed.
func (v Value) Reveal() string { return string(v) }

// Check says why a value can't be kept, or handed on, as a secret.
func (v Value) Check() error {
	switch {
	case v == "":
		return errors.New("it is empty")
	case len(v) < MinLength:
		return fmt.Errorf("it has fewer than %d characters, and could not be kept out of what is shown", MinLength)
	case !utf8.ValidString(string(v)) || strings.ContainsRune(string(v), 0):
		return errors.New("it holds NUL, or bytes that are no UTF-8")
	}
	return nil
}

// Set is the secrets of a run, by the name of their variable.
type Set struct {
	// Worker are those of worker processes, Script those of the script on targets.
	Worker, Script map[string]Value
}

// IsEmpty tells that there are none.
func (s Set) IsEmpty() bool { return len(s.Worker)+len(s.Script) == 0 }

// sent is a Set on its way to a worker.
type sent struct {
	Worker map[string]string `json:"worker,omitempty"`
	Script map[string]string `json:"script,omitempty"`
}

// Encode gives the secrets themselves, as Decode reads them.
func (s Set) Encode() ([]byte, error) {
	return json.Marshal(sent{revealed(s.Worker), revealed(s.Script)})
}

// Decode reads what Encode gives. The error doesn't quote it.
func Decode(data []byte) (Set, error) {
	var got sent
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		return Set{}, errors.New("the secrets can't be read: not all of them have come")
	}
	return Set{hidden(got.Worker), hidden(got.Script)}, nil
}

// Has says whether there are just the secrets of these names.
func (s Set) Has(worker, script []string) error {
	for _, part := range []struct {
		got  map[string]Value
		want []string
	}{{s.Worker, worker}, {s.Script, script}} {
		if got := slices.Sorted(maps.Keys(part.got)); !slices.Equal(got, slices.Sorted(slices.Values(part.want))) {
			return fmt.Errorf("the secrets are those of %q, and should be those of %q", got, part.want)
		}
	}
	return nil
}

// Environ gives the workers' as key=value, sorted.
func (s Set) Environ() []string {
	var environ []string
	for _, name := range slices.Sorted(maps.Keys(s.Worker)) {
		environ = append(environ, name+"="+s.Worker[name].Reveal())
	}
	return environ
}

func revealed(values map[string]Value) map[string]string {
	all := make(map[string]string, len(values))
	for name, v := range values {
		all[name] = v.Reveal()
	}
	return all
}

func hidden(values map[string]string) map[string]Value {
	all := make(map[string]Value, len(values))
	for name, v := range values {
		all[name] = Value(v)
	}
	return all
}

package secret

import (
	"bytes"
	"cmp"
	"io"
	"reflect"
	"slices"
	"strings"
)

// Mask puts Mark in the place of secrets. A nil one leaves all as it is.
type Mask struct {
	replacer *strings.Replacer
	longest  int // secret, in bytes
}

// Mask gives that of all secrets; nil where there are none. Of one with several lines
// each line counts that isn't too short.
func (s Set) Mask() *Mask {
	var all []string
	for _, values := range []map[string]Value{s.Worker, s.Script} {
		for _, v := range values {
			all = append(all, v.Reveal())
			for line := range strings.SplitSeq(v.Reveal(), "\n") {
				if line = strings.TrimSuffix(line, "\r"); len(line) >= MinLength {
					all = append(all, line)
				}
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	// Of two that begin alike the longer one goes first.
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, secret := range slices.Compact(all) {
		pairs = append(pairs, secret, Mark)
	}
	return &Mask{replacer: strings.NewReplacer(pairs...), longest: len(all[0])}
}

// String masks a text.
func (m *Mask) String(text string) string {
	if m == nil {
		return text
	}
	return m.replacer.Replace(text)
}

// Error masks what an error says; what it is can still be told.
func (m *Mask) Error(err error) error {
	if m == nil || err == nil {
		return err
	}
	if masked := m.String(err.Error()); masked != err.Error() {
		return &maskedError{masked, err}
	}
	return err
}

type maskedError struct {
	text string
	err  error
}

func (e *maskedError) Error() string { return e.text }
func (e *maskedError) Unwrap() error { return e.err }

// Of gives a copy of a value, all texts in it masked, as deep as it goes; what isn't
// exported is left as it is.
func Of[T any](m *Mask, v T) T {
	if m == nil {
		return v
	}
	masked := reflect.New(reflect.TypeFor[T]()).Elem()
	m.copy(masked, reflect.ValueOf(&v).Elem())
	return masked.Interface().(T)
}

func (m *Mask) copy(to, from reflect.Value) {
	to.Set(from)
	switch from.Kind() {
	case reflect.String:
		to.SetString(m.String(from.String()))
	case reflect.Struct:
		for i := range from.NumField() {
			if from.Type().Field(i).IsExported() {
				m.copy(to.Field(i), from.Field(i))
			}
		}
	case reflect.Slice:
		if !from.IsNil() {
			to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		}
		for i := range from.Len() {
			m.copy(to.Index(i), from.Index(i))
		}
	case reflect.Map:
		if !from.IsNil() {
			to.Set(reflect.MakeMap(from.Type()))
		}
		for entry := from.MapRange(); entry.Next(); {
			value := reflect.New(from.Type().Elem()).Elem()
			m.copy(value, entry.Value())
			to.SetMapIndex(entry.Key(), value)
		}
	case reflect.Pointer, reflect.Interface:
		if from.IsNil() {
			return
		}
		inner := reflect.New(from.Elem().Type()).Elem()
		m.copy(inner, from.Elem())
		if from.Kind() == reflect.Pointer {
			inner = inner.Addr()
		}
		to.Set(inner)
	}
}

// maxHeld is how much of a line is held back for its end, in bytes.
const maxHeld = 64 << 10

// Stream gives a writer that masks what goes to another one, line by line, and what
// tells it that the end has come. It is not for concurrent use.
func (m *Mask) Stream(to io.Writer) (in io.Writer, flush func() error) {
	if m == nil {
		return to, func() error { return nil }
	}
	s := &stream{mask: m, to: to}
	return s, s.flush
}

type stream struct {
	mask *Mask
	to   io.Writer
	rest []byte
}

func (s *stream) Write(p []byte) (int, error) {
	s.rest = append(s.rest, p...)
	whole := bytes.LastIndexByte(p, '\n') + 1
	if whole > 0 {
		whole += len(s.rest) - len(p)
	}
	if whole == 0 && len(s.rest) > maxHeld+s.mask.longest {
		// What is masked stays so; a secret that has come in part is at the end.
		s.rest = []byte(s.mask.String(string(s.rest)))
		whole = max(0, len(s.rest)-s.mask.longest)
	}
	if whole == 0 {
		return len(p), nil
	}
	line := s.mask.String(string(s.rest[:whole]))
	s.rest = append(s.rest[:0], s.rest[whole:]...)
	_, err := io.WriteString(s.to, line)
	return len(p), err
}

func (s *stream) flush() error {
	if len(s.rest) == 0 {
		return nil
	}
	_, err := io.WriteString(s.to, s.mask.String(string(s.rest)))
	s.rest = nil
	return err
}

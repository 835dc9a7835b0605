package spec

import (
	"errors"
	"strings"
	"time"
)

// Duration is a length of time, written as "90s", "5m" or "1h30m".
type Duration time.Duration

// Std gives the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String gives the shortest form: "5m", not "5m0s".
func (d Duration) String() string { return shortDuration(time.Duration(d)) }

// MarshalText gives the form of String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what time.ParseDuration does. Its error says in plain
// words what such a text looks like.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return errors.New("takes a length of time with its unit, such as 90s, 5m or 1h30m")
	}
	*d = Duration(parsed)
	return nil
}

// shortDuration leaves out the zero units that time.Duration appends.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

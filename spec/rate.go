package spec

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// Rate is how often something may happen, written as "200/s" or "90/m"; the zero
// value is no bound.
type Rate struct {
	// Count is how often it may, in a second or, where Minute is true, in a minute.
	Count float64
	// Minute tells which of the two is meant.
	Minute bool
}

// RatePattern is how a rate is written.
const RatePattern = `^[0-9]+(\.[0-9]+)?/[sm]$`

// MaxRate is the highest rate, in a second: no worker would get near it.
const MaxRate = 100_000

var isRate = regexp.MustCompile(RatePattern).MatchString

// String gives the form of a scan file, "200/s"; empty where there is none.
func (r Rate) String() string {
	switch {
	case r.IsZero():
		return ""
	case r.Minute:
		return strconv.FormatFloat(r.Count, 'f', -1, 64) + "/m"
	}
	return strconv.FormatFloat(r.Count, 'f', -1, 64) + "/s"
}

// IsZero tells that there is none.
func (r Rate) IsZero() bool { return r.Count == 0 }

// PerSecond gives the rate in a second; 0 where there is none.
func (r Rate) PerSecond() float64 {
	if r.Minute {
		return r.Count / 60
	}
	return r.Count
}

// MarshalText gives the form of String.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a rate. Its error says in plain words what such a text
// looks like.
func (r *Rate) UnmarshalText(text []byte) error {
	s := string(text)
	if !isRate(s) {
		return errors.New("takes so many a second or a minute, such as 200/s or 90/m")
	}
	digits, unit, _ := strings.Cut(s, "/")
	count, err := strconv.ParseFloat(digits, 64)
	read := Rate{Count: count, Minute: unit == "m"}
	switch {
	case err != nil || read.PerSecond() > MaxRate:
		return errors.New("is more than 100000/s")
	case read.IsZero():
		return errors.New("is no connection at all; leave it out for no ceiling")
	}
	*r = read
	return nil
}

// meantRate gives the rate that a text which is none was meant for, where that is
// plain.
func meantRate(text string) string {
	short := strings.ReplaceAll(text, " ", "")
	for _, unit := range []string{"ec", "econd", "in", "inute"} {
		short = strings.TrimSuffix(short, unit)
	}
	if decimal(short) && short != "0" {
		short += "/s"
	}
	if len(short) > len(text)+2 || len(short) > 10 || new(Rate).UnmarshalText([]byte(short)) != nil {
		return ""
	}
	return short
}

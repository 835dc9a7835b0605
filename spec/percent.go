package spec

import (
	"errors"
	"strconv"
)

// Percent is a percentage that may be left out; the zero value is none.
type Percent struct {
	// Share in percent, 0 to 100.
	Share float64
	// Given tells that there is one: 0% is not the same as none.
	Given bool
}

// errPercent says what a percentage looks like.
var errPercent = errors.New("takes a percentage, such as 20%")

// String gives the form of a scan file, "20%"; empty where there is none.
func (p Percent) String() string {
	if !p.Given {
		return ""
	}
	return strconv.FormatFloat(p.Share, 'f', -1, 64) + "%"
}

// IsZero tells that there is none.
func (p Percent) IsZero() bool { return !p.Given }

// MarshalText gives the form of String.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a percentage. Its error says in plain words what such a
// text looks like.
func (p *Percent) UnmarshalText(text []byte) error {
	s := string(text)
	if !isShare(s) {
		return errPercent
	}
	share, err := parseShare(s)
	if err != nil {
		return err
	}
	*p = Percent{Share: share, Given: true}
	return nil
}

// Exceeded tells that a part of a whole is more than the percentage. Where there
// is none, nothing is.
func (p Percent) Exceeded(part, whole int64) bool {
	return p.Given && float64(part)*100 > p.Share*float64(whole)
}

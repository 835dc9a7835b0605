package spec

import (
	"errors"
	"math"
	"strconv"

	"github.com/dustin/go-humanize"
)

// Size is a number of bytes, written as "16MiB", "100kB" or a plain number.
type Size int64

// String gives a whole number of the largest binary unit, or of bytes.
func (s Size) String() string {
	units := [...]string{"", "KiB", "MiB", "GiB", "TiB", "PiB"}
	n, unit := int64(s), 0
	for n != 0 && n%1024 == 0 && unit < len(units)-1 {
		n, unit = n/1024, unit+1
	}
	return strconv.FormatInt(n, 10) + units[unit]
}

// MarshalText gives the form of String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a size. Its error says in plain words what such a text
// looks like.
func (s *Size) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	if err != nil || n > math.MaxInt64 {
		return errors.New("takes a size, such as 16MiB, 100kB or a plain number of bytes")
	}
	*s = Size(n)
	return nil
}

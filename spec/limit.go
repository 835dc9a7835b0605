package spec

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// FailOn maps a class of results to the most that is borne: the keys are
// "unreachable", "failed" (any exit status but 0), "unknown" and "exit_N".
type FailOn map[string]Limit

// Limit is a count, or a share of all targets. More than that fails the scan.
type Limit struct {
	// Count of targets; used where Percent is false.
	Count int64
	// Share in percent of all targets; used where Percent is true.
	Share float64
	// Percent tells which of the two is meant.
	Percent bool
}

// LimitPattern is how a share is written: a percentage.
const LimitPattern = `^[0-9]+(\.[0-9]+)?%$`

var isShare = regexp.MustCompile(LimitPattern).MatchString

// errLimit says what a limit looks like.
var errLimit = errors.New("takes a count of targets or a share, such as 0, 25 or 10%")

// String gives the form of a scan file: "10%" or "25".
func (l Limit) String() string {
	if l.Percent {
		return strconv.FormatFloat(l.Share, 'f', -1, 64) + "%"
	}
	return strconv.FormatInt(l.Count, 10)
}

// MarshalText gives the form of String.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a count or a percentage. Its error says in plain words
// what such a text looks like.
func (l *Limit) UnmarshalText(text []byte) error {
	s := string(text)
	if !isShare(s) {
		n, err := strconv.ParseUint(s, 10, 63)
		if err != nil {
			return errLimit
		}
		*l = Limit{Count: int64(n)}
		return nil
	}
	share, err := parseShare(s)
	if err != nil {
		return err
	}
	*l = Limit{Share: share, Percent: true}
	return nil
}

// parseShare reads what isShare has found to be a percentage.
func parseShare(s string) (float64, error) {
	share, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err == nil && share > 100 {
		err = errors.New("is more than 100%")
	}
	return share, err
}

// IsZero tells a limit of nothing.
func (l Limit) IsZero() bool { return l.Count == 0 && l.Share == 0 }

// Of gives how many of all targets a limit is, rounded up; never more than all.
func (l Limit) Of(all int64) int64 {
	if !l.Percent {
		return min(l.Count, all)
	}
	return min(int64(math.Ceil(l.Share*float64(all)/100)), all)
}

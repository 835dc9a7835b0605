package webpage

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"scanmaster/runner/result"
)

// percent is a place along a chart, or a length: charts are as wide as there is room,
// and their texts never scaled.
type percent float64

// String writes it as SVG reads it.
func (p percent) String() string { return strconv.FormatFloat(float64(p), 'f', 2, 64) + "%" }

// share is a part of a whole, in words.
func share(n, of int64) string {
	if of == 0 {
		return ""
	}
	p := 100 * float64(n) / float64(of)
	switch {
	case n == of:
		return "100 %"
	case p < 0.1:
		return "<0.1 %"
	case p > 99.9:
		return ">99.9 %"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + " %"
}

// colour names the colour of what is counted under a key, as the style sheet knows
// it.
func colour(key string) string {
	switch result.Class(key) {
	case result.OK, result.NoPing, result.NoSSHD, result.NoSSH, result.Unknown, "missing":
		return "k-" + key
	}
	return "k-exit"
}

// anchor says on which side of a place along a chart its text stands, so that it
// stays inside.
func anchor(at percent) string {
	switch {
	case at < 8:
		return "start"
	case at > 92:
		return "end"
	}
	return "middle"
}

// units are those that times are told in, the longest first.
var units = []struct {
	of   time.Duration
	name string
}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}, {time.Millisecond, "ms"}}

// spell tells a time in one unit or two, rounded: "12 ms", "1.4 s", "3 min 20 s".
func spell(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	if d < 10*time.Second && d >= time.Second {
		return strconv.FormatFloat(d.Seconds(), 'g', 2, 64) + " s"
	}
	for i, u := range units {
		if d < u.of {
			continue
		}
		text := fmt.Sprintf("%d %s", d/u.of, u.name)
		if i < len(units)-2 && d%u.of >= units[i+1].of {
			text += fmt.Sprintf(" %d %s", d%u.of/units[i+1].of, units[i+1].name)
		}
		return text
	}
	return ""
}

// clamp holds a value between two others.
func clamp[T cmp.Ordered](v, low, high T) T { return max(low, min(v, high)) }

package forecast

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/dustin/go-humanize"
)

// Span puts a time into words that don't jump about while it passes: 45s, 2m5s,
// 12m, 3h20m, 4d.
func Span(d time.Duration) string {
	if d < time.Minute {
		return strconv.Itoa(int(max(0, d)/time.Second)) + "s"
	}
	if d < 10*time.Minute {
		return clock(d.Round(5 * time.Second))
	}
	return clock(d.Round(time.Minute))
}

// Took puts a time that has passed into words, to the second up to an hour.
func Took(d time.Duration) string { return clock(max(0, d)) }

func clock(d time.Duration) string {
	hours, minutes, seconds := int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60
	switch {
	case hours >= 48:
		return strconv.Itoa(hours/24) + "d"
	case hours > 0:
		return fmt.Sprintf("%dh%02dm", hours, minutes)
	case minutes >= 10 && seconds == 0:
		return fmt.Sprintf("%dm", minutes)
	case minutes > 0:
		return fmt.Sprintf("%dm%02ds", minutes, seconds)
	}
	return strconv.Itoa(seconds) + "s"
}

// Speed puts a rate into words: 1,180/s, 38/s, 3.2/s, and 4/min where less than
// one is done in a second. It is empty for 0, which isn't known.
func Speed(rate float64) string {
	switch {
	case rate <= 0:
		return ""
	case rate < 0.95:
		return strconv.FormatFloat(max(0.1, rate*60), 'f', digits(rate*60), 64) + "/min"
	case rate < 9.95:
		return strconv.FormatFloat(rate, 'f', 1, 64) + "/s"
	}
	return humanize.Comma(int64(math.Round(rate))) + "/s"
}

// digits is how many digits behind the point a number is worth.
func digits(n float64) int {
	if n < 9.95 {
		return 1
	}
	return 0
}

package render

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/job"
)

// ceiling says how many new connections there may be; nothing where there is no
// bound.
func ceiling(r *job.Rate) string {
	if r == nil {
		return ""
	}
	unit, times := "second", 1.0
	if r.All < 1 {
		unit, times = "minute", 60
	}
	all := fmt.Sprintf("at most %s new connections a %s in all", decimals(r.All*times), unit)
	if r.Workers < 2 {
		return all
	}
	return fmt.Sprintf("%s, shared out over the workers: %s each where %d work", all, decimals(r.Share()*times), r.Workers)
}

// decimals gives a number with no more than two of them.
func decimals(n float64) string { return humanize.Commaf(math.Round(n*100) / 100) }

// perSubnet says how many targets of one subnet are in hand; nothing where all may
// be.
func perSubnet(most int) string {
	if most == 0 {
		return ""
	}
	return fmt.Sprintf("at most %s of one subnet (/24 of IPv4, /64 of IPv6) in hand at a time, on each worker", count(int64(most), "target"))
}

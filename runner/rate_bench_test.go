package runner_test

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// BenchmarkTheCeiling measures at the targets how well a scan with three workers,
// one of which dies early, keeps to its rate of new connections: the most and
// the least within any two seconds, as parts of the rate. The most must not be
// over 1.05; the least, while all work, not below 0.95. Run it with -benchtime 1x.
func BenchmarkTheCeiling(b *testing.B) {
	const perSecond, seconds = 200, 12
	for _, dies := range []bool{false, true} {
		b.Run(map[bool]string{false: "all", true: "oneDies"}[dies], func(b *testing.B) {
			for b.Loop() {
				g := lay(b)
				var mu sync.Mutex
				var times []time.Time
				port, err := g.fleet.Any(0, func(netip.Addr) fleet.Behaviour {
					mu.Lock()
					defer mu.Unlock()
					times = append(times, time.Now())
					return fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("here\n")}
				})
				if err != nil {
					b.Fatal(err)
				}
				for i := range perSecond * seconds {
					g.lines = append(g.lines, fmt.Sprintf("web%d 127.9.%d.%d:%d", i, i>>8, i&255, port))
				}
				if dies {
					time.AfterFunc(3*time.Second, func() {
						if err := killProcess(".xab", g.dir); err != nil {
							b.Error(err)
						}
					})
				}
				s := g.mustApply(fmt.Sprintf("hosts: [local, local, local]\nrate: %d/s\n", perSecond))
				if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != perSecond*seconds {
					b.Fatalf("%+v\n%s", s, g.logs())
				}
				slices.SortFunc(times, time.Time.Compare)
				most, least := within(times, 2*time.Second)
				high, low := float64(most)/(2*perSecond), float64(least)/(2*perSecond)
				b.ReportMetric(high, "×most")
				b.ReportMetric(low, "×least")
				if high > 1.05 || !dies && low < 0.95 {
					b.Errorf("%.3f to %.3f times the rate", low, high)
				}
			}
		})
	}
}

// within counts the most and the least of the times in any window of a length that
// is neither at the very beginning nor at the very end.
func within(times []time.Time, window time.Duration) (most, least int) {
	least = len(times)
	first, last := times[0], times[len(times)-1]
	for to := range times {
		from := to
		for from > 0 && times[to].Sub(times[from-1]) < window {
			from--
		}
		most = max(most, to-from+1)
		if times[to].Sub(first) > window+time.Second && last.Sub(times[to]) > time.Second {
			least = min(least, to-from)
		}
	}
	return most, least
}

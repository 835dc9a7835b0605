package runner_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// BenchmarkAStraggler has one of three worker hosts be slower than the others by
// a factor, and tells how many times as long as ideal the scan takes: as if all
// had worked at their full rates to the end. Run it with -benchtime 1x.
func BenchmarkAStraggler(b *testing.B) {
	const (
		targets = 2400
		jobs    = 20
		delay   = 2 * time.Second
		// A worker has four targets a job before their banner.
		rate = jobs * 4 / 2.0
	)
	for _, factor := range []int{1, 2, 5, 20} {
		b.Run(fmt.Sprint(factor), func(b *testing.B) {
			for b.Loop() {
				g := lay(b)
				port, err := g.fleet.Any(0, func(netip.Addr) fleet.Behaviour {
					return fleet.Behaviour{Kind: fleet.Canned, Delay: delay, Stdout: []byte("here\n")}
				})
				if err != nil {
					b.Fatal(err)
				}
				for i := range targets {
					g.lines = append(g.lines, fmt.Sprintf("web%d 127.9.%d.%d:%d", i, i>>8, i&255, port))
				}
				s := g.mustApply(g.slowHost(g.hosts(2), jobs/factor) + fmt.Sprintf("jobs: %d\n", jobs))
				if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != targets {
					b.Fatalf("%+v\n%s", s, g.logs())
				}
				g.wantEachOnce()
				ideal := targets / (rate * (2 + 1/float64(factor)))
				b.ReportMetric(ideal, "s-ideal")
				b.ReportMetric(s.Took.Seconds()/ideal, "×ideal")
				b.ReportMetric(float64(len(g.splits())), "splits")
			}
		})
	}
}

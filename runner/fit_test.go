package runner

import (
	"strings"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

func TestWorkersThatPingByDifferentMeansAreNamed(t *testing.T) {
	worker := func(name, ping string, reasons ...job.Finding) Probed {
		return Probed{Worker: plan.Worker{Name: name}, Ping: ping, Reasons: reasons}
	}
	for name, c := range map[string]struct {
		probed []Probed
		want   string
	}{
		"all alike":        {[]Probed{worker("a", job.PingProgram), worker("b", job.PingProgram), worker("c", "")}, ""},
		"one is left out":  {[]Probed{worker("a", job.PingSocket), worker("b", job.PingProgram, job.Finding{Text: "no room"})}, ""},
		"one is different": {[]Probed{worker("a", job.PingSocket), worker("b", job.PingProgram), worker("c", job.PingSocket)}, "b by ping(8), a, c by an ICMP socket; "},
		"many": {
			[]Probed{
				worker("a", job.PingSocket), worker("1", job.PingProgram), worker("2", job.PingProgram), worker("3", job.PingProgram),
				worker("4", job.PingProgram), worker("5", job.PingProgram), worker("6", job.PingProgram), worker("7", job.PingProgram),
			}, "1, 2, 3, 4, 5, 2 more by ping(8), a by an ICMP socket; ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			warnOfPings(c.probed)
			var warnings []string
			for _, w := range c.probed {
				warnings = append(warnings, job.Texts(w.Warnings)...)
			}
			got := strings.Join(warnings, "\n")
			if (got == "") != (c.want == "") || len(warnings) > 1 || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

package webpage

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
	"scanmaster/runner/result"
)

const runID = "20260102T150405.000Z-aaaaaa"

var began = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// hostile are outputs, and names, that do what they can.
var hostile = []string{
	"</script><script>window.pwned=1</script>",
	"</pre></details></style><img src=x onerror=\"window.pwned=2\">",
	"<!--<script>", "-->", "]]>", "{{.}} {{define `x`}}", "javascript:window.pwned=3", "\"onmouseover=\"window.pwned=4",
	"'><svg onload=window.pwned=5>", "nul\x00 esc\x1b[31m \xff\xfe bidi\u202egnp.exe\u2066 line\u2028par\u2029", "&lt;script&gt;&amp;",
	"<meta http-equiv=refresh content=0;url=http://192.0.2.1/>", "<link rel=stylesheet href=http://192.0.2.1/x.css>", "<base href=http://192.0.2.1/>",
	"<iframe srcdoc='<script>parent.pwned=6</script>'>", "<form action=http://192.0.2.1/><button>",
	"<style>@import 'http://192.0.2.1/';</style>", "=cmd|' /C calc'!A0",
}

// many gives a list of so many targets, named as many are.
func many(from, n int) string {
	var list strings.Builder
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&list, "web%06d.dc%d.example.com 10.%d.%d.%d\n", i, i%3, i>>16, i>>8&255, i&255)
	}
	return list.String()
}

// came has targets end in all ways, as their numbers say.
func came(from int) func(chunk.Target) (result.Outcome, io.Reader, bool) {
	return func(t chunk.Target) (result.Outcome, io.Reader, bool) {
		i := from + int(t.Line) - 1
		o := result.Outcome{
			Class: result.OK, Phase: result.PhaseRun, Start: began,
			ConnectMS: int64(3 + i*7919%40 + i%997/990*900), BannerMS: 4, AuthMS: 30, RunMS: int64(120 + i*104729%900 + i%499/490*20000),
		}
		output := "Linux 6.1.0-" + fmt.Sprint(20+i*31%100/80*5+i*17%1000/995) + "-amd64\nDebian GNU/Linux 12 (bookworm)\n"
		switch {
		case i%1000 == 1:
			o.Class, o.Reason, o.Phase, o.Detail = result.NoSSH, result.ReasonTimeout, result.PhaseAuth, "the deadline of 20s ended it"
		case i%500 == 2:
			o.Class, o.Reason, o.Phase, o.ConnectMS, o.Detail = result.NoSSHD, result.ReasonRefused, result.PhaseConnect, 0, "connect: connection refused by "+hostile[i/500%len(hostile)]
		case i%300 == 3:
			o.Class, o.Reason, o.Phase, o.ConnectMS = result.NoPing, result.ReasonNoEcho, result.PhasePing, 0
		case i%200 == 4:
			o.Class, o.Status, o.StderrTail = result.Exit, 3, "audit.sh: line 3: dpkg: command not found\n"
			output = ""
		case i%2000 == 5:
			return o, nil, false
		case i < len(hostile)*50 && i%50 == 6:
			output = hostile[i/50]
		case i%700 == 7:
			o.Class, o.Status, o.StderrTail = result.Exit, 1+i/700%30, hostile[i/700%len(hostile)]
			output = "half done\n\t- reboot needed\n"
		}
		return o, strings.NewReader(output), true
	}
}

// fleet leaves a run of n targets on four workers.
func fleet(t testing.TB, n int) *past.Run {
	t.Helper()
	s := pasttest.New(t, "audit")
	var chunks []pasttest.Chunk
	for i := range 4 {
		from := i * n / 4
		chunks = append(chunks, pasttest.Chunk{
			Name: "xa" + string(rune('a'+i)), Worker: fmt.Sprintf("scan%d", i+1), List: many(from, (i+1)*n/4-from), Came: came(from),
		})
	}
	s.Run(runID, chunks...)
	return opened(t, s)
}

func opened(t testing.TB, s *pasttest.Scan) *past.Run {
	t.Helper()
	r, err := past.Open(t.Context(), s.Dir, s.Name, runID)
	return pasttest.Opened(t, r, err)
}

package webpage

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/past"
	"scanmaster/runner/result"
)

func TestTimesAreToldInOneUnitOrTwo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "<1 ms", time.Millisecond: "1 ms", 999 * time.Millisecond: "999 ms", time.Second: "1 s", 1400 * time.Millisecond: "1.4 s",
		59 * time.Second: "59 s", time.Minute: "1 min", 200 * time.Second: "3 min 20 s", 61 * time.Minute: "1 h 1 min",
		3 * time.Hour: "3 h", 49 * time.Hour: "2 d 1 h", time.Hour + time.Second: "1 h", 9960 * time.Millisecond: "10 s",
	} {
		if got := spell(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestASmallPartIsNotNone(t *testing.T) {
	for _, c := range []struct {
		n, of int64
		want  string
	}{{1, 100_000, "<0.1 %"}, {99_999, 100_000, ">99.9 %"}, {5, 5, "100 %"}, {1, 3, "33.3 %"}, {0, 0, ""}} {
		if got := share(c.n, c.of); got != c.want {
			t.Errorf("%d of %d is %q, want %q", c.n, c.of, got, c.want)
		}
	}
}

func TestHostileTextKeepsItsLinesAndTabs(t *testing.T) {
	for in, want := range map[string]string{
		"a\tb\r\n\n\tc\n\n":         "a\tb\n\n\tc",
		"\x1b[2J\u202egnp\xff\x00a": `\x1b[2J\u202egnp\xff\x00a`,
		"\n":                        "",
		"<b>":                       "<b>",
		"a\rb\u2028c\vd":            `a\rb\u2028c\x0bd`,
	} {
		if got := shown(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestOfManyStatusesTheRarestAreOneBar(t *testing.T) {
	var tally result.Tally
	for status := 1; status <= 254; status++ {
		for range status%7 + 1 {
			tally.Add(fmt.Sprintf("exit_%d", status))
		}
	}
	tally.Add("ok")
	tally.Add("missing")
	o := newOutcomes(tally)
	first, last := o.Bars[0], o.Bars[len(o.Bars)-1]
	if len(o.Bars) != maxBars+1 || first.Key != "ok" || last.Key != "exit_…" || o.Bars[maxBars-1].Key != "missing" {
		t.Errorf("%d bars from %s to %s", len(o.Bars), first.Key, last.Key)
	}
	var sum int64
	for _, key := range strings.Split(o.Said, ", ") {
		var n int64
		if _, err := fmt.Sscan(strings.ReplaceAll(key[strings.LastIndexByte(key, ' ')+1:], ",", ""), &n); err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	if sum != tally.Total() {
		t.Errorf("the bars stand for %d of %d", sum, tally.Total())
	}
}

func TestTheTimeLineMarksWhatWentWrong(t *testing.T) {
	at := func(second int) time.Time { return time.Date(2026, 1, 2, 15, 4, second, 0, time.UTC) }
	l := newTimeline([]past.Span{
		{Chunk: "xaa", Worker: "scan1", Lines: 10, From: at(0), To: at(10), Lost: "killed\x1b"},
		{Chunk: "xab", Worker: "scan2", Lines: 9, From: at(0), To: at(8), Done: true, Cuts: []time.Time{at(4)}},
		{Chunk: "xaa", Worker: "scan2", Lines: 10, From: at(10), Again: true},
	}, at(40))
	if len(l.Rows) != 2 || l.Lost != 1 || l.Again != 1 || l.Cuts != 1 || l.Said != "2 workers in 40 s, 1 lost with a chunk in hand" {
		t.Fatalf("%+v", l)
	}
	lost, cut, open := l.Rows[0].Stays[0], l.Rows[1].Stays[0], l.Rows[1].Stays[1]
	if lost.State != "lost" || lost.Width != 25 || lost.Said != `xaa on scan1, 10 targets, from 0 s to 10 s, lost: killed\x1b` || l.Rows[0].Did != "1 chunk, 1 lost" {
		t.Errorf("%+v", lost)
	}
	if cut.State != "done" || cut.Cuts[0] != 10 {
		t.Errorf("%+v", cut)
	}
	if open.State != "open" || open.X != 25 || open.End != 100 || open.Said != "xaa on scan2, 10 targets, from 10 s to 40 s, after another worker, not at its end" {
		t.Errorf("%+v", open)
	}
}

// TestManySmallChunksAreFewBars has a worker do a thousand, and lose one.
func TestManySmallChunksAreFewBars(t *testing.T) {
	var spans []past.Span
	from := time.Date(2026, 1, 2, 15, 4, 0, 0, time.UTC)
	for i := range 1000 {
		at := from.Add(time.Duration(i) * time.Minute)
		spans = append(spans, past.Span{Chunk: fmt.Sprint(i), Worker: "scan1", Lines: 7, From: at, To: at.Add(time.Minute), Done: i != 500, Lost: strings.Repeat("x", i/500%2)})
	}
	l := newTimeline(spans, from)
	row := l.Rows[0]
	if last := l.Ticks[len(l.Ticks)-1]; len(l.Ticks) != 3 || last.Text != "12 h" {
		t.Errorf("%d marks to %+v", len(l.Ticks), last)
	}
	if len(row.Stays) != 3 || row.Did != "1,000 chunks, 1 lost" || row.Stays[0].Said != "500 chunks on scan1, 3,500 targets" || l.Said != "1 worker in 16 h 40 min, 1 lost with a chunk in hand" {
		t.Errorf("%d bars, %q, %q, %+v", len(row.Stays), row.Did, l.Said, row.Stays[0])
	}
	for _, took := range []time.Duration{0, time.Millisecond, time.Second, 9 * time.Minute, 300 * 24 * time.Hour} {
		if l := newTimeline([]past.Span{{Worker: "scan1", From: from, To: from.Add(took)}}, from); len(l.Ticks) < 2 || len(l.Ticks) > 5 {
			t.Errorf("%v has %d marks", took, len(l.Ticks))
		}
	}
	if newTimeline(nil, from).Height != 0 {
		t.Error("there is a time line of nothing")
	}
}

func TestQuantilesAreRightToThreeDigits(t *testing.T) {
	var s sample
	for ms := range int64(10_000) {
		s.add(ms + 1)
	}
	for part, want := range map[float64]int64{0.50: 5000, 0.95: 9500, 0.99: 9900, 1: 10_000} {
		if got := s.quantile(part); got < want-want/200 || got > want+want/200 {
			t.Errorf("quantile %v is %d, want %d", part, got, want)
		}
	}
	if len(s.counts) > 2000 {
		t.Errorf("%d different times are kept", len(s.counts))
	}
	var one sample
	one.add(0)
	if got := one.quantile(0.99); got != 0 {
		t.Errorf("the only time is %d", got)
	}
}

// TestEachTimeIsInABar counts the targets that the bars stand for, whatever times
// there are.
func TestEachTimeIsInABar(t *testing.T) {
	for _, times := range [][]int64{{0}, {1}, {0, 0, 1}, {3, 3, 3}, {0, 1, 12, 300_000}, {9_000_000_000}, {-5}, {1, 99_999_999_999}} {
		var s sample
		for _, ms := range times {
			s.add(ms)
		}
		d := newDistribution("run", "Run", "", &s)
		var sum int64
		for _, b := range d.Bins {
			var n int64
			if _, err := fmt.Sscan(b.Said[strings.Index(b.Said, ": ")+2:], &n); err != nil {
				t.Fatal(err)
			}
			sum += n
			if b.X < 0 || b.X+b.Width > 100.5 || b.Top < binsTop || b.Top+b.Height != binsBottom {
				t.Errorf("%v: a bar is at %+v", times, b)
			}
		}
		if sum != int64(len(times)) || d.Count != sum {
			t.Errorf("%v: the bars stand for %d", times, sum)
		}
		for _, l := range d.Lines {
			if l.X < 0 || l.X > 100 {
				t.Errorf("%v: %s is at %v", times, l.Name, l.X)
			}
		}
	}
}

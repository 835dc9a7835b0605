package webpage

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// sample counts times, to three digits. The zero value is empty and ready.
type sample struct {
	counts map[int64]int64 // by milliseconds
	n      int64
}

func (s *sample) add(ms int64) {
	if s.counts == nil {
		s.counts = make(map[int64]int64)
	}
	s.counts[threeDigits(max(ms, 0))]++
	s.n++
}

// threeDigits rounds what has more digits than three, so that there are not many
// different ones.
func threeDigits(n int64) int64 {
	by := int64(1)
	for n/by >= 1000 {
		by *= 10
	}
	return (n + by/2) / by * by
}

// quantile is the time that a part of all don't go over.
func (s *sample) quantile(part float64) int64 {
	left := int64(math.Ceil(part * float64(s.n)))
	for _, ms := range slices.Sorted(maps.Keys(s.counts)) {
		if left -= s.counts[ms]; left <= 0 {
			return ms
		}
	}
	return 0
}

// distribution is the chart of how long something took: how many targets there are
// in each stretch of a logarithmic scale.
type distribution struct {
	// ID tells it from the others on the page.
	ID, Title, About string
	// Count is how many there are; the chart is empty without.
	Count int64
	Said  string
	Bins  []bin
	Ticks []tick
	Lines []quantile
}

// bin is a bar: the times from one edge to before the next.
type bin struct {
	X, Width    percent
	Top, Height int // pixels
	Said        string
}

// tick is a place on the scale.
type tick struct {
	X            percent
	Text, Anchor string
}

// quantile is a line across the chart.
type quantile struct {
	X                  percent
	Name, Time, Anchor string
	Label, Top         int // pixels from above, of its text and the line
}

// The chart's places, in pixels from above.
const (
	binsTop    = 52
	binsBottom = 192
	leastBin   = 2
	leastTick  = 12 // percent from one tick to the next: they must fit a phone
)

// edges are where bins begin, in milliseconds: ten in all for each power of ten are
// as fine as whole milliseconds allow at their begin.
var edges = func() []int64 {
	all := []int64{0}
	for ten := int64(1); ten <= 1e9; ten *= 10 {
		for _, part := range []int64{10, 15, 20, 30, 50, 70} {
			if edge := ten * part / 10; edge > all[len(all)-1] {
				all = append(all, edge)
			}
		}
	}
	return all
}()

func newDistribution(id, title, about string, s *sample) distribution {
	d := distribution{ID: id, Title: title, About: about, Count: s.n}
	if s.n == 0 {
		return d
	}
	counts := make([]int64, len(edges))
	for ms, n := range s.counts {
		i, found := slices.BinarySearch(edges, ms)
		if !found {
			i--
		}
		counts[i] += n
	}
	from, to := 0, len(edges)-1
	for counts[from] == 0 {
		from++
	}
	for counts[to] == 0 {
		to--
	}
	on := scale{low: position(edges[from]), high: position(edges[min(to+1, len(edges)-1)])}
	most := slices.Max(counts)
	for i := from; i <= to; i++ {
		if counts[i] > 0 {
			d.Bins = append(d.Bins, on.bin(i, counts[i], most))
		}
	}
	d.Ticks = on.ticks()
	said := []string{humanize.Comma(s.n) + " targets"}
	for i, part := range []float64{0.50, 0.95, 0.99} {
		ms := s.quantile(part)
		at := on.at(float64(max(ms, 1)))
		name := []string{"p50", "p95", "p99"}[i]
		d.Lines = append(d.Lines, quantile{X: at, Name: name, Time: spellMS(ms), Anchor: anchor(at), Label: 12 + 15*i, Top: 17 + 15*i})
		said = append(said, name+" "+spellMS(ms))
	}
	d.Said = strings.Join(append(said, "the tallest bar "+humanize.Comma(most)), ", ")
	return d
}

func spellMS(ms int64) string { return spell(time.Duration(ms) * time.Millisecond) }

// scale is a logarithmic one, between two places.
type scale struct{ low, high float64 }

// position is a time's on a scale without an end. What took no millisecond has half
// a power of ten in front of the others.
func position(ms int64) float64 {
	if ms == 0 {
		return -0.3
	}
	return math.Log10(float64(ms))
}

func (s scale) at(ms float64) percent {
	return percent(clamp(100*(math.Log10(ms)-s.low)/(s.high-s.low), 0, 100))
}

func (s scale) bin(i int, n, most int64) bin {
	left := 100 * (position(edges[i]) - s.low) / (s.high - s.low)
	right := 100 * (position(edges[min(i+1, len(edges)-1)]) - s.low) / (s.high - s.low)
	height := max(leastBin, int(math.Round(float64(n)*(binsBottom-binsTop)/float64(most))))
	b := bin{X: percent(left), Width: percent(max(right-left-0.3, 0.3)), Top: binsBottom - height, Height: height}
	span := spellMS(edges[i]) + " to " + spellMS(edges[min(i+1, len(edges)-1)])
	if i == 0 {
		span = "under 1 ms"
	}
	b.Said = span + ": " + counted(n, "target")
	return b
}

// round are times that people tell by, in milliseconds.
var round = []int64{1, 10, 100, 1000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000, 360_000_000}

// ticks are the round times on the scale, or where there are not two of them, its
// edges.
func (s scale) ticks() []tick {
	var all []tick
	for _, from := range [][]int64{round, edges[1:]} {
		all = nil
		for _, ms := range from {
			p, at := position(ms), s.at(float64(ms))
			if p >= s.low && p <= s.high && (len(all) == 0 || at-all[len(all)-1].X >= leastTick) {
				all = append(all, tick{X: at, Text: spellMS(ms), Anchor: anchor(at)})
			}
		}
		if len(all) >= 2 {
			break
		}
	}
	return all
}

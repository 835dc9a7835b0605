package runner

import (
	"slices"
	"testing"
	"time"

	"scanmaster/runner/job"
)

func TestTheOneThatWouldBeLastIsRelieved(t *testing.T) {
	for name, c := range map[string]struct {
		burdens []burden
		idle    []float64
		which   int
		keep    int64
	}{
		"nobody works":                   {nil, []float64{1}, -1, 0},
		"nobody is idle":                 {[]burden{{1000, 1000, 1}}, nil, -1, 0},
		"as fast as the one that is":     {[]burden{{1000, 1000, 10}}, []float64{10}, 0, 500},
		"of a tenth of the speed":        {[]burden{{1100, 1100, 10}}, []float64{100}, 0, 100},
		"two are idle":                   {[]burden{{2100, 2100, 10}}, []float64{100, 100}, 0, 100},
		"the longest time, not the most": {[]burden{{5000, 5000, 1000}, {100, 100, 1}}, []float64{9}, 1, 10},
		"soon over":                      {[]burden{{39, 39, 10}}, []float64{1000}, 0, 0},
		"over too soon":                  {[]burden{{30, 30, 10}}, []float64{1000}, -1, 0},
		"nothing to win by a slow one":   {[]burden{{100, 100, 10}}, []float64{0.1}, -1, 0},
		"whose rate isn't known":         {[]burden{{1000, 1000, 0}}, []float64{10}, -1, 0},
		"idle ones of unknown rates":     {[]burden{{1200, 1200, 10}}, []float64{0, 0}, 0, 400},
		"one rate of the idle is known":  {[]burden{{1100, 1100, 10}}, []float64{0, 50}, 0, 100},
		"nothing is left but in hand":    {[]burden{{0, 0, 1}}, []float64{50}, -1, 0},
		"one line, which lasts":          {[]burden{{1, 1, 0.05}}, []float64{1}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if which, keep := relieve(c.burdens, c.idle); which != c.which || keep != c.keep {
				t.Errorf("number %d keeps %d, want number %d, %d", which, keep, c.which, c.keep)
			}
		})
	}
}

func TestARateIsThatOfTheLastMoments(t *testing.T) {
	var p pace
	began := time.Unix(0, 0)
	see := func(second, beat, done int64) {
		p.see(began.Add(time.Duration(second)*time.Second), job.ProgressMark{Beat: beat, Done: done})
	}
	see(0, 7, 100) // may be another worker's
	see(5, 7, 100)
	if p.lives() || p.rate() != 0 {
		t.Error("a mark that stands still tells of somebody")
	}
	see(6, 8, 160)
	if !p.lives() || p.rate() != 10 {
		t.Errorf("%v targets a second, want 10", p.rate())
	}
	for s := int64(7); s < 60; s++ {
		see(s, s+2, 160+s)
	}
	if p.rate() != 1 {
		t.Errorf("%v targets a second, want 1: it has become slower", p.rate())
	}
	if len(p.seen) > 25 {
		t.Errorf("%d marks are kept", len(p.seen))
	}
}

func TestAWorkerThatDoesNotKnowOfLimitsHasNoBurden(t *testing.T) {
	c := &chunkRun{lines: 100}
	for s := range int64(10) {
		c.pace.see(time.Unix(s, 0), job.ProgressMark{Beat: s, Done: s})
	}
	if b := c.burden(); b.rest != 0 {
		t.Errorf("%+v", b)
	}
}

func TestWhoWillSoonBeIdleHelpsToo(t *testing.T) {
	r := &run{crew: []*hand{{rate: 7}, {rate: 9, out: "lost"}, {}, {}, {}}}
	for i, done := range []int64{990, 900, 0} {
		h := r.crew[i+2]
		c := &chunkRun{name: string(rune('a' + i)), lines: 1000}
		c.give(h)
		for s := range int64(11) { // ten targets a second
			c.pace.see(time.Unix(s, 0), job.ProgressMark{Beat: s, Done: done - 10*(10-s), Taken: done, End: 1000})
		}
		r.chunks = append(r.chunks, c)
	}
	if got := r.helpers(nil); !slices.Equal(got, []float64{7, 10}) {
		t.Errorf("%v", got)
	}
	if got := r.helpers(r.chunks[0]); !slices.Equal(got, []float64{7}) {
		t.Errorf("without who lets go: %v", got)
	}
}

package webpage

import (
	"fmt"
	"slices"
	"time"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/past"
)

// timeline is the chart of which worker had what in hand, and when: a row for each,
// in the order in which they were started first. It is empty where no times are
// known.
type timeline struct {
	Height int // pixels
	Said   string
	Rows   []lane
	Ticks  []tick
	// Open, Lost, Again and Cuts count the marks that need to be explained.
	Open, Lost, Again, Cuts int

	from time.Time
	took time.Duration
}

// lane is a worker's.
type lane struct {
	Worker, Did string
	// Label and Top are where its name and its bars stand, in pixels from above;
	// Bottom is where the bars end, Middle is between.
	Label, Top, Middle, Bottom int
	Stays                      []stay
}

// stay is a bar: a chunk, or several small ones, that a worker had in hand.
type stay struct {
	X, Width, End percent
	// State is how the style sheet knows it: done, lost or open.
	State, Said string
	Again       bool
	Cuts        []percent

	chunks, lines int64
}

const (
	axis      = 24 // the height of the time line's scale, in pixels
	lanePitch = 40
	leastStay = 0.4
	maxName   = 200 // of a worker, and of why it was lost, in bytes
)

func newTimeline(spans []past.Span, end time.Time) timeline {
	if len(spans) == 0 {
		return timeline{}
	}
	t := timeline{from: spans[0].From}
	for _, s := range spans {
		if s.From.Before(t.from) {
			t.from = s.From
		}
		if s.To.After(end) {
			end = s.To
		}
	}
	t.took = max(end.Sub(t.from), time.Millisecond)
	for _, s := range spans {
		if s.To.IsZero() {
			s.To = end
			t.add(s, "open")
		} else if s.Done {
			t.add(s, "done")
		} else {
			t.add(s, "lost")
		}
	}
	for i := range t.Rows {
		t.Rows[i].sum()
	}
	for d := time.Duration(0); d <= t.took; d += stride(t.took) {
		at := t.at(t.from.Add(d))
		t.Ticks = append(t.Ticks, tick{X: at, Text: since(d), Anchor: anchor(at)})
	}
	t.Height = axis + lanePitch*len(t.Rows)
	t.Said = fmt.Sprintf("%s in %s", counted(int64(len(t.Rows)), "worker"), spell(t.took))
	if t.Lost > 0 {
		t.Said += fmt.Sprintf(", %d lost with a chunk in hand", t.Lost)
	}
	return t
}

// steps are those that a scale of times is read by.
var steps = []time.Duration{
	time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// stride is the least with which a scale has few marks, so that they fit a phone.
func stride(took time.Duration) time.Duration {
	const most = 4
	for _, s := range steps {
		if took <= most*s {
			return s
		}
	}
	day := steps[len(steps)-1]
	return (took/most + day).Truncate(day)
}

// since tells a time from the begin on.
func since(d time.Duration) string {
	if d == 0 {
		return "0 s"
	}
	return spell(d)
}

// at is where on the chart a time is.
func (t *timeline) at(when time.Time) percent {
	return percent(clamp(100*float64(when.Sub(t.from))/float64(t.took), 0, 100))
}

func (t *timeline) add(s past.Span, state string) {
	lane := t.lane(safe.Line(s.Worker, maxName))
	from, to := t.at(s.From), t.at(s.To)
	bar := stay{X: min(from, 100-leastStay), Width: max(to-from, leastStay), State: state, Again: s.Again, chunks: 1, lines: s.Lines}
	bar.End = bar.X + bar.Width
	for _, cut := range s.Cuts {
		bar.Cuts = append(bar.Cuts, t.at(cut))
	}
	bar.Said = fmt.Sprintf("%s on %s, %s, from %s to %s", safe.Line(s.Chunk, maxName), lane.Worker, counted(s.Lines, "target"),
		since(s.From.Sub(t.from)), since(s.To.Sub(t.from)))
	t.Cuts += len(s.Cuts)
	if s.Again {
		bar.Said += ", after another worker"
		t.Again++
	}
	switch state {
	case "open":
		bar.Said += ", not at its end"
		t.Open++
	case "lost":
		bar.Said += ", lost"
		if s.Lost != "" {
			bar.Said += ": " + safe.Line(s.Lost, maxName)
		}
		t.Lost++
	}
	lane.append(bar)
}

func (t *timeline) lane(worker string) *lane {
	i := slices.IndexFunc(t.Rows, func(l lane) bool { return l.Worker == worker })
	if i < 0 {
		i = len(t.Rows)
		top := axis + lanePitch*i
		t.Rows = append(t.Rows, lane{Worker: worker, Label: top + 13, Top: top + 18, Middle: top + 24, Bottom: top + 32})
	}
	return &t.Rows[i]
}

// append adds a bar; one that is done and too short to be told from the one before
// becomes part of that, so that there are never many.
func (l *lane) append(s stay) {
	if n := len(l.Stays); n > 0 && s.plain() && l.Stays[n-1].plain() && s.Width < 2*leastStay && s.X-l.Stays[n-1].End < leastStay/2 {
		last := &l.Stays[n-1]
		last.End = max(last.End, s.End)
		last.Width = last.End - last.X
		last.chunks++
		last.lines += s.lines
		last.Said = fmt.Sprintf("%d chunks on %s, %s", last.chunks, l.Worker, counted(last.lines, "target"))
		return
	}
	l.Stays = append(l.Stays, s)
}

func (s *stay) plain() bool { return s.State == "done" && !s.Again && len(s.Cuts) == 0 }

// sum says in words what the worker did.
func (l *lane) sum() {
	var chunks, lost int64
	for _, s := range l.Stays {
		chunks += s.chunks
		if s.State == "lost" {
			lost++
		}
	}
	l.Did = counted(chunks, "chunk")
	if lost > 0 {
		l.Did += fmt.Sprintf(", %d lost", lost)
	}
}

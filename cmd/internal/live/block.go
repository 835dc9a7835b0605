// Package live shows on a terminal how a run stands, while it goes on: a block of
// lines that fits the window, whatever its size, below all else that is said.
package live

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/forecast"
	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
	"scanmaster/runner/result"
)

// Scene is what there is to show.
type Scene struct {
	// Step is what is being done.
	Step string
	// Took is how long all has taken so far.
	Took time.Duration
	// Progress is how far the run is; one without Workers is not shown.
	Progress runner.Progress
	Outlook  forecast.Outlook
	// Ending tells that the workers are being ended.
	Ending bool
}

// Window is what is shown on.
type Window struct {
	// Width and Height are in characters; 0 where the terminal doesn't tell.
	Width, Height int
	Colour        bool
	// Away tells that somebody else has it, and nothing is shown.
	Away bool
}

const (
	// usualWidth and usualHeight are those of a terminal that doesn't tell.
	usualWidth, usualHeight = 80, 24
	// roomy is the height from which an empty line is spared for what is above.
	roomy = 8
	// quietNews is after how long without a report that is told.
	quietNews = 10 * time.Second
)

// Lines gives the block: none is as long as the window is wide, lest it wraps, and
// together they leave a quarter of it to what is above. Where the window is another's
// there is none.
func Lines(s Scene, w Window) []string {
	if w.Away {
		return nil
	}
	if w.Width <= 0 {
		w.Width = usualWidth
	}
	if w.Height <= 0 {
		w.Height = usualHeight
	}
	width, height := max(1, w.Width-1), max(1, w.Height*3/4)
	var lines []string
	if w.Height >= roomy {
		lines = append(lines, "")
	}
	lines = append(lines, w.head(s, width)...)
	if len(lines) < height && s.Progress.Workers > 0 {
		lines = append(lines, w.rows(s, width, height-len(lines))...)
	}
	return lines[:min(len(lines), height)]
}

// head says how the run as a whole stands.
func (w Window) head(s Scene, width int) []string {
	if s.Progress.Workers == 0 {
		return []string{fit(width, part{0, safe.Line(s.Step, maxName)}, part{1, forecast.Took(s.Took)})}
	}
	lines := []string{w.overall(s.Progress, width), w.pace(s, width)}
	if s.Progress.Done > 0 {
		lines = append(lines, w.classes(s.Progress.Tally, width))
	}
	return lines
}

// leastBar is the length below which a bar says nothing.
const leastBar = 6

// overall is the bar of the whole run.
func (w Window) overall(p runner.Progress, width int) string {
	percent := percent(p.Done, p.Of)
	count := humanize.Comma(p.Done) + " of " + humanize.Comma(p.Of)
	room := width - len(percent) - len(count) - len("  ")
	switch {
	case room >= leastBar:
		return w.bold(percent) + " " + w.bar(p.Done, p.Of, room) + " " + count
	case room >= -1:
		return w.bold(percent) + " " + count
	}
	return w.bold(ansi.Truncate(percent, width, ""))
}

// percent is how much is done, rounded down: 100% is all.
func percent(done, of int64) string {
	if of <= 0 {
		return "100%"
	}
	return fmt.Sprintf("%3d%%", int64(float64(min(max(0, done), of))/float64(of)*100))
}

// bar is a bar of that width, in characters that each terminal has.
func (w Window) bar(done, of int64, width int) string {
	inner := width - len("[]")
	full := inner
	if of > 0 {
		full = int(float64(min(max(0, done), of)) / float64(of) * float64(inner))
	}
	return "[" + w.green(strings.Repeat("#", full)) + strings.Repeat(".", inner-full) + "]"
}

// pace says how fast the run is and when it will end.
func (w Window) pace(s Scene, width int) string {
	o, p := s.Outlook, s.Progress
	var parts []part
	say := func(drop int, format string, args ...any) {
		parts = append(parts, part{drop, fmt.Sprintf(format, args...)})
	}
	switch {
	case s.Ending:
		say(0, "ending: no new targets")
	case o.Silence >= quietNews:
		say(0, "no news for %s", forecast.Span(o.Silence))
	case p.Done >= p.Of:
		say(0, "all have an outcome")
	case !o.IsKnown:
		say(0, "ETA ?")
	default:
		say(0, "ETA %s", forecast.Span(o.Left))
	}
	if speed := forecast.Speed(o.Rate); speed != "" {
		say(2, "%s", speed)
	}
	if o.Straggler != "" && !s.Ending {
		say(1, "%s is last", safe.Line(o.Straggler, maxName))
		say(5, "the others need %s", forecast.Span(o.Others))
	}
	say(3, "%d/%d workers done", p.WorkersDone, p.Workers)
	if p.Waiting > 0 {
		say(5, "%s to deal", humanize.Comma(int64(p.Waiting)))
	}
	say(4, "%s so far", forecast.Took(s.Took))
	return fit(width, parts...)
}

// classes counts the outcomes by class. Where all don't fit the exit statuses are
// in one, and then all that failed.
func (w Window) classes(tally result.Tally, width int) string {
	var all, folded []string
	exits := tally.Failed()
	for _, key := range tally.Keys() {
		text := w.class(tally.Counts[key], key)
		all = append(all, text)
		switch isExit := strings.HasPrefix(key, "exit_"); {
		case !isExit:
			folded = append(folded, text)
		case exits > 0:
			folded = append(folded, w.class(exits, "exit_*"))
			exits = 0
		}
	}
	ok := tally.Counts[string(result.OK)]
	least := []string{w.class(ok, string(result.OK)), w.class(tally.Total()-ok, "not ok")}
	for _, texts := range [][]string{all, folded} {
		if line := strings.Join(texts, between); ansi.StringWidth(line) <= width {
			return line
		}
	}
	return ansi.Truncate(strings.Join(least, between), width, safe.Mark)
}

// class is one count.
func (w Window) class(n int64, key string) string {
	text := humanize.Comma(n) + " " + safe.Line(key, maxName)
	if key == string(result.OK) {
		return w.green(text)
	}
	return text
}

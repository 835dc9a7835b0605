package live

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/forecast"
	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
)

// The columns of a row, in their order on the screen.
const (
	colWorker = iota
	colChunk
	colBar
	colPercent
	colCount
	colRate
	colLeft
	colState
	colClasses
	columns
)

// dropped are the columns that a window does without where it is too narrow, those
// first that are missed least. Then names are cut, and then they stand alone.
var (
	dropped     = []int{colClasses, colBar, colChunk, colRate, colCount, colLeft}
	droppedLast = []int{colState, colPercent}
)

// usual is how wide cells become that are still empty, or shorter, lest columns
// move when they are filled.
var usual = map[int]int{colRate: len("100/s"), colLeft: len("1m00s left"), colState: len("starts")}

const (
	// mostBar is how long a worker's bar gets, leastName to what a name is cut
	// before it stands alone.
	mostBar, leastName = 30, 7
	// narrow is the width below which one blank between two columns must do.
	narrow = 50
)

// rows gives a row a worker, as many as there is room for.
func (w Window) rows(s Scene, width, height int) []string {
	crew := s.Outlook.Crew
	rest := ""
	if len(crew) > height {
		crew = slices.Clone(crew)
		slices.SortStableFunc(crew, func(a, b forecast.Worker) int { return weight(s, a) - weight(s, b) })
		rest = more(crew[height-1:])
		crew = crew[:height-1]
	}
	cells := make([][columns]string, len(crew))
	for i, c := range crew {
		cells[i] = cellsOf(s, c)
	}
	wide, gap := layout(cells, width)
	if wide[colBar] == 0 {
		shorten(cells)
		wide, gap = layout(cells, width)
	}
	lines := make([]string, 0, height)
	for i, c := range crew {
		lines = append(lines, w.row(s, c, cells[i], wide, gap))
	}
	if rest != "" {
		lines = append(lines, ansi.Truncate(rest, width, safe.Mark))
	}
	return lines
}

// weight has those come first that one looks for. Among others the order stays
// that of the plan: rows that change places can't be read.
func weight(s Scene, c forecast.Worker) int {
	if c.Worker == s.Outlook.Straggler {
		return 0
	}
	return 1 + slices.Index([]runner.ChunkState{
		runner.ChunkQuiet, runner.ChunkWorks, runner.ChunkEnds, runner.ChunkStarts, runner.ChunkWaits, runner.ChunkLost, runner.ChunkDone,
	}, c.State)
}

// words are the states as they are counted.
var words = map[runner.ChunkState]string{
	runner.ChunkWorks: "at work", runner.ChunkEnds: "ending", runner.ChunkStarts: "starting", runner.ChunkWaits: "waiting",
}

// more counts those that there is no room for.
func more(crew []forecast.Worker) string {
	var states []runner.ChunkState
	counts := make(map[runner.ChunkState]int)
	for _, c := range crew {
		if counts[c.State]++; counts[c.State] == 1 {
			states = append(states, c.State)
		}
	}
	parts := make([]string, len(states))
	for i, state := range states {
		parts[i] = fmt.Sprintf("%d %s", counts[state], cmp.Or(words[state], string(state)))
	}
	return fmt.Sprintf("and %d more: %s", len(crew), strings.Join(parts, ", "))
}

// cellsOf says how a worker stands, but for the bar.
func cellsOf(s Scene, c forecast.Worker) [columns]string {
	cells := [columns]string{colWorker: safe.Line(c.Worker, maxName), colState: string(c.State)}
	if c.Worker == s.Outlook.Straggler {
		cells[colState] = "last"
	}
	if c.Chunk == "" {
		return cells
	}
	cells[colChunk] = safe.Line(c.Chunk, maxName)
	cells[colPercent] = percent(c.Done, c.Lines)
	of := humanize.Comma(c.Lines)
	cells[colCount] = fmt.Sprintf("%*s of %s", len(of), humanize.Comma(c.Done), of)
	if c.State == runner.ChunkWorks {
		cells[colRate] = forecast.Speed(c.Rate)
		switch {
		case c.IsKnown:
			cells[colLeft] = forecast.Span(c.Left) + " left"
		case c.IsStalled():
			cells[colLeft] = "none in " + forecast.Span(c.Still)
		}
	}
	var classes []string
	for _, key := range c.Tally.Keys() {
		classes = append(classes, humanize.Comma(c.Tally.Counts[key])+" "+safe.Line(key, maxName))
	}
	cells[colClasses] = strings.Join(classes, between)
	return cells
}

// layout gives the width of each column; 0 leaves it out.
func layout(cells [][columns]string, width int) (wide [columns]int, gap int) {
	if gap = 2; width < narrow {
		gap = 1
	}
	for _, row := range cells {
		for i, cell := range row {
			wide[i] = max(wide[i], ansi.StringWidth(cell))
		}
	}
	wide[colBar] = leastBar
	for column, n := range usual {
		if wide[column] > 0 || column == colRate || column == colLeft {
			wide[column] = max(wide[column], n)
		}
	}
	over := func() int { return taken(wide, gap) - width }
	for _, column := range dropped {
		if over() > 0 {
			wide[column] = 0
		}
	}
	for _, column := range droppedLast {
		if o := over(); o > 0 && wide[colWorker]-o >= leastName {
			wide[colWorker] -= o
		} else if o > 0 {
			wide[column] = 0
		}
	}
	wide[colWorker] = min(wide[colWorker], width)
	if wide[colBar] > 0 {
		wide[colBar] = min(mostBar, wide[colBar]-over())
	}
	return wide, gap
}

// taken is how wide a row is.
func taken(wide [columns]int, gap int) int {
	sum := -gap
	for _, n := range wide {
		if n > 0 {
			sum += n + gap
		}
	}
	return sum
}

// shorten leaves the domains of names out, where they are told apart without.
func shorten(cells [][columns]string) {
	seen := make(map[string]bool)
	for _, row := range cells {
		name, _, _ := strings.Cut(row[colWorker], ".")
		if seen[name] || strings.Trim(name, "0123456789") == "" {
			return
		}
		seen[name] = true
	}
	for i := range cells {
		cells[i][colWorker], _, _ = strings.Cut(cells[i][colWorker], ".")
	}
}

// row puts a worker's cells where they belong.
func (w Window) row(s Scene, c forecast.Worker, cells [columns]string, wide [columns]int, gap int) string {
	if wide[colBar] > 0 && c.Chunk != "" {
		cells[colBar] = w.bar(c.Done, c.Lines, wide[colBar])
	}
	var out []string
	for i, n := range wide {
		if n == 0 {
			continue
		}
		cell := ansi.Truncate(cells[i], n, safe.Mark)
		blank := strings.Repeat(" ", n-ansi.StringWidth(cell))
		switch i {
		case colPercent, colCount, colRate, colLeft:
			out = append(out, blank+cell)
		case colState:
			out = append(out, w.state(s, c, cell)+blank)
		default:
			out = append(out, cell+blank)
		}
	}
	line := strings.TrimRight(strings.Join(out, strings.Repeat(" ", gap)), " ")
	if c.State == runner.ChunkDone {
		return w.faint(ansi.Strip(line))
	}
	return line
}

// state is a state in the colour that it is looked for by.
func (w Window) state(s Scene, c forecast.Worker, text string) string {
	switch {
	case c.State == runner.ChunkLost:
		return w.red(text)
	case c.State == runner.ChunkQuiet, c.Worker == s.Outlook.Straggler:
		return w.yellow(text)
	}
	return text
}

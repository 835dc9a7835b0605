package webpage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/report"
	"scanmaster/runner/past"
	"scanmaster/runner/result"
)

// outcomes is the chart of what came of the targets: a bar for each.
type outcomes struct {
	// Height is the chart's, in pixels; Said is all of it in words.
	Height int
	Said   string
	Bars   []bar
}

// bar is one outcome's.
type bar struct {
	Key, Colour, Count, Share, Meaning string
	Width                              percent
	// Label and Top are where its text and the bar stand, in pixels from above.
	Label, Top int
}

const (
	barPitch = 46  // from one bar to the next, in pixels
	leastBar = 0.5 // what is there is seen, however little it is
	maxBars  = 12  // scripts may end with 254 statuses
)

func newOutcomes(tally result.Tally) outcomes {
	var o outcomes
	total := tally.Total()
	keys, rest := few(tally)
	most := rest
	for _, key := range keys {
		most = max(most, tally.Counts[key])
	}
	var said []string
	for _, key := range keys {
		n := tally.Counts[key]
		said = append(said, key+" "+humanize.Comma(n))
		o.add(bar{Key: key, Colour: colour(key), Meaning: meaning(key), Width: width(n, most)}, n, total)
	}
	if rest > 0 {
		said = append(said, "other statuses "+humanize.Comma(rest))
		o.add(bar{Key: "exit_…", Colour: "k-exit", Meaning: "the script ended with another status", Width: width(rest, most)}, rest, total)
	}
	o.Height = len(o.Bars) * barPitch
	o.Said = strings.Join(said, ", ")
	return o
}

// few gives the keys that have a bar of their own; of many exit statuses the rarest
// have none, and are counted together.
func few(tally result.Tally) (keys []string, rest int64) {
	keys = tally.Keys()
	rarest := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !strings.HasPrefix(key, string(result.Exit)+"_") })
	slices.SortStableFunc(rarest, func(a, b string) int { return cmp.Compare(tally.Counts[a], tally.Counts[b]) })
	for len(keys) > maxBars && len(rarest) > 0 {
		rest += tally.Counts[rarest[0]]
		keys = slices.DeleteFunc(keys, func(key string) bool { return key == rarest[0] })
		rarest = rarest[1:]
	}
	return keys, rest
}

func width(n, most int64) percent {
	return percent(clamp(100*float64(n)/float64(most), leastBar, 100))
}

func (o *outcomes) add(b bar, n, total int64) {
	b.Count, b.Share = humanize.Comma(n), share(n, total)
	b.Label = len(o.Bars)*barPitch + 14
	b.Top = b.Label + 6
	o.Bars = append(o.Bars, b)
}

func meaning(key string) string {
	if key == past.Missing {
		return "without an outcome"
	}
	return report.Meaning(key)
}

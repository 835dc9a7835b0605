package results

import (
	"bufio"
	"context"
	"io"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/chunk"
	"scanmaster/runner/past"
)

// Lines writes the input lines of the targets, in the order of the list, as they can
// be an input again: those that stand there several times, too. One that could not be
// scanned is a comment there. It gives what of the run is missing. A line that may be
// scanned is hardly ever changed by being escaped.
func Lines(ctx context.Context, w io.Writer, r *past.Run, filter Filter, raw bool) ([]string, error) {
	out := bufio.NewWriter(w)
	for t, err := range r.All(ctx) {
		if err != nil {
			return nil, err
		}
		if !filter.Takes(t) {
			continue
		}
		line := t.Text
		if !raw {
			line = safe.Line(line, 0)
		}
		if _, _, err := chunk.ParseLine([]byte(t.Text)); err != nil {
			line = "# no target: " + line
		}
		if _, err := out.WriteString(line + "\n"); err != nil {
			return nil, err
		}
	}
	return r.Notes(), out.Flush()
}

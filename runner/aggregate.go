package runner

import (
	"context"
	"fmt"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/merge"
	"scanmaster/runner/plan"
)

// merge is the built-in aggregator.
func (r *run) merge(ctx context.Context, s plan.Merge) (string, error) {
	r.summary.Results = r.plan.Layout.Prefix()
	if len(r.summary.FailedHooks) > 0 {
		return "not done, since a post-chunk hook failed", nil
	}
	chunks := make([]merge.Chunk, len(r.chunks))
	for i, c := range r.chunks {
		chunks[i] = merge.Chunk{Name: c.name, Dir: c.folder}
	}
	report, err := merge.Merge(ctx, r.prefix, r.plan.Layout.Min, chunks)
	if err != nil {
		return "", err
	}
	for _, warning := range report.Warnings {
		r.report(Warning{Text: warning})
	}
	r.summary.Results = s.Into
	return fmt.Sprintf("%s targets in %s", humanize.Comma(report.Targets), s.Into), nil
}

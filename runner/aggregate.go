package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/job"
	"scanmaster/runner/merge"
	"scanmaster/runner/plan"
)

// merge is the built-in aggregator.
func (r *run) merge(ctx context.Context, s plan.Merge) (string, error) {
	if err := r.stillThere(); err != nil {
		return "", err
	}
	r.summary.Results = r.plan.Layout.Prefix()
	if len(r.summary.FailedHooks) > 0 {
		return "not done, since a post-chunk hook failed", nil
	}
	chunks := make([]merge.Chunk, len(r.chunks))
	for i, c := range r.chunks {
		chunks[i] = merge.Chunk{Name: c.name, Dir: c.folder, Recorded: !c.classic.Load()}
	}
	report, err := merge.Merge(ctx, r.prefix, r.plan.Layout.Min, chunks)
	if err != nil {
		return "", err
	}
	for _, warning := range report.Warnings {
		r.report(Warning{Text: warning})
	}
	r.summary.Results = s.Into
	if err := errors.Join(r.settle(report), r.stillThere()); err != nil {
		return "", err
	}
	if report.Unsorted > 0 {
		return fmt.Sprintf("the results of %s of %s targets in %s",
			humanize.Comma(report.Tally.Total()), humanize.Comma(report.Targets), s.Into), nil
	}
	return fmt.Sprintf("%s targets in %s", humanize.Comma(report.Targets), s.Into), nil
}

// settle holds what was merged against what the workers have counted. A
// post-chunk hook, or anybody else, may have changed the files: what final/
// holds is what there is, and a target without a result there is missing.
func (r *run) settle(report merge.Report) error {
	s := &r.summary
	if sorted := report.Tally.Total(); sorted+report.Unsorted != s.Targets {
		return fmt.Errorf("the count doesn't come out: %d targets were dealt out, and %s has %d results and %d without: somebody has changed files below %s",
			s.Targets, job.Final, sorted, report.Unsorted, r.plan.Layout.Prefix())
	}
	s.Tally = report.Tally
	if report.Unsorted == s.Missing {
		return nil
	}
	if report.Unsorted > s.Missing {
		r.report(Warning{Text: fmt.Sprintf("of %s targets that have an outcome the results are not there: the files that hold them were changed after the workers wrote them, by a post-chunk hook or by somebody else",
			humanize.Comma(report.Unsorted-s.Missing))})
	}
	return r.relist()
}

// relist takes the targets that the merge found no result of for those that
// are missing.
func (r *run) relist() error {
	final, err := r.prefix.Sub(job.Final)
	if err != nil {
		return err
	}
	defer final.Close()
	missing := r.listMissing()
	file, err := final.OpenFile(merge.Unsorted, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return missing.close()
	}
	if err != nil {
		return err
	}
	defer file.Close()
	return errors.Join(missing.addLines(file), missing.close())
}
